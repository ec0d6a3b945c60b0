import type { HrTime } from '@opentelemetry/api'
import type { MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics'

/**
 * Collects values of OpenTelemetry's own instruments since the last collection, synchronously. The SDK collects
 * asynchronously, because callbacks may be asynchronous, but at the exit of a process no asynchronous code runs.
 * Therefore this reads the storages of the SDK's synchronous instruments, which are not public: every step is checked,
 * and unexpected shapes give undefined.
 *
 * @param collector the object that the SDK passes to a reader (`setMetricProducer`)
 * @returns undefined if this version of the SDK stores values differently
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

/** Storages without new values give undefined. */
function isMetricData(value: unknown): value is MetricData {
  if (value === undefined) return false
  listOf(objectAt(value, 'dataPoints'))
  objectAt(value, 'descriptor')
  return true
}
