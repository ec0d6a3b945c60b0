import type { HrTime } from '@opentelemetry/api'
import type { MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics'

/**
 * What OpenTelemetry's own instruments have recorded since they were last collected, without waiting. Its SDK collects
 * asynchronously, because callbacks may be; at the exit of a process nothing asynchronous runs any more. So this goes to
 * where the SDK keeps the numbers of its synchronous instruments, which is not its public interface: every step is looked
 * at, and what is not as expected gives undefined.
 *
 * @param collector what the SDK gave a reader to collect from (`setMetricProducer`)
 * @returns undefined when this version of the SDK keeps them otherwise
 */
export function collectInstrumentsNow(collector: object): readonly ScopeMetrics[] | undefined {
  try {
    const states: unknown = Reflect.get(objectAt(collector, '_sharedState'), 'meterSharedStates')
    if (!(states instanceof Map)) return undefined
    const unixMs = Date.now()
    const time: HrTime = [Math.floor(unixMs / 1000), (unixMs % 1000) * 1e6]
    return [...states.values()].flatMap((state: unknown) => {
      const found = listOf(call(objectAt(state, 'metricStorageRegistry'), 'getStorages', collector))
      const metrics = found.map((storage) => call(storage, 'collect', collector, time)).filter(isMetricData)
      return metrics.length === 0 ? [] : [{ scope: scopeOf(objectAt(state, '_instrumentationScope')), metrics }]
    })
  } catch {
    return undefined
  }
}

function objectAt(holder: unknown, key: string): object {
  const value: unknown = Reflect.get(Object(holder), key)
  if (typeof value !== 'object' || value === null) throw new TypeError(key)
  return value
}

function call(holder: unknown, name: string, ...given: readonly unknown[]): unknown {
  const method: unknown = Reflect.get(Object(holder), name)
  if (typeof method !== 'function') throw new TypeError(name)
  return Reflect.apply(method, holder, given)
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('no list')
  return value
}

function scopeOf(scope: object): ScopeMetrics['scope'] {
  const name: unknown = Reflect.get(scope, 'name')
  if (typeof name !== 'string') throw new TypeError('name')
  return { ...scope, name }
}

/** Storages without anything new give undefined. */
function isMetricData(value: unknown): value is MetricData {
  if (value === undefined) return false
  listOf(objectAt(value, 'dataPoints'))
  objectAt(value, 'descriptor')
  return true
}
