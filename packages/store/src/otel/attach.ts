import type { BatchObservableResult, Meter, MeterProvider, MetricOptions, Observable } from '@opentelemetry/api'
import { pageOf } from '@quipu/catalog/builtin'
import type { AnyInstrument } from '../instruments/create-instrument.js'
import { DistributionInstrument, type Forward } from '../instruments/distribution-instrument.js'
import { attributesOf } from '../series/attributes.js'
import type { MetricReading } from '../series/reading.js'

type Undo = () => void
type Guard = (site: string, fn: () => void) => void

/** A recorder's metrics on one provider. */
export interface Attachment {
  /** Registers additions: later entries and newly enabled vocabularies. */
  refresh(): void
  /** Removes all registrations. */
  detach(): void
}

/**
 * Registers instruments for the metrics on a provider of the host. Observable instruments read the store; histograms
 * and summaries pass on values recorded from now on, because earlier values cannot be added to an instrument.
 *
 * @param readings called at every collection of a scope
 * @param onRemoval called when a series is removed, because the provider continues to export its last value
 */
export function attachTo(
  provider: MeterProvider,
  readings: () => readonly AnyInstrument[],
  guard: Guard,
  onRemoval: (metric: string) => void,
): Attachment {
  let isAttached = true
  const registered = new Set<AnyInstrument>()
  const undo: Undo[] = []
  const refresh = (): void => {
    const scopes = new Map<string, AnyInstrument[]>()
    for (const series of readings()) {
      if (registered.has(series)) continue
      registered.add(series)
      series.onRemoval(() => {
        if (isAttached) onRemoval(series.name)
      })
      if (series.spec.exportTo !== undefined && !series.spec.exportTo.includes('otlp')) continue
      // The host's own instrumentation records these on its provider.
      if (pageOf(series.spec) === 'standard') continue
      const scope = scopes.get(series.scope) ?? []
      scopes.set(series.scope, scope)
      scope.push(series)
    }
    for (const [scope, metrics] of scopes) undo.push(...attachScope(provider.getMeter(scope), metrics, readings, guard))
  }
  refresh()
  return {
    refresh,
    detach() {
      isAttached = false
      for (const step of undo.splice(0)) step()
    },
  }
}

function attachScope(
  meter: Meter,
  metrics: AnyInstrument[],
  readings: () => readonly AnyInstrument[],
  guard: Guard,
): Undo[] {
  const undo: Undo[] = []
  const observed = new Map<AnyInstrument, Observable>()
  for (const series of metrics) {
    if (series instanceof DistributionInstrument) undo.push(forward(series, meter, guard))
    else observed.set(series, createObservable(series, meter))
  }
  if (observed.size === 0) return undo
  // One callback for all of them: reading the store ends idle sessions and counts series, and must happen once.
  const observe = (result: BatchObservableResult): void => {
    for (const series of readings()) {
      const observable = observed.get(series)
      if (observable === undefined) continue
      for (const cell of series.cells()) {
        result.observe(observable, cell.data[cell.at] ?? 0, attributesOf(series, cell))
      }
    }
  }
  const observables = [...observed.values()]
  meter.addBatchObservableCallback(observe, observables)
  return [...undo, () => meter.removeBatchObservableCallback(observe, observables)]
}

function optionsOf({ spec: { help, unit } }: MetricReading): MetricOptions {
  return { description: help, ...(unit !== undefined && { unit }) }
}

function createObservable(series: AnyInstrument, meter: Meter): Observable {
  const options = optionsOf(series)
  switch (series.spec.kind) {
    case 'counter':
      return meter.createObservableCounter(series.otlpName, options)
    case 'upDownCounter':
      return meter.createObservableUpDownCounter(series.otlpName, options)
    default:
      return meter.createObservableGauge(series.otlpName, options)
  }
}

function forward(series: DistributionInstrument, meter: Meter, guard: Guard): Undo {
  // Exponential buckets cannot be advised; they depend on the provider's views.
  const advice =
    series.spec.aggregation === 'exponential' ? {} : { advice: { explicitBucketBoundaries: [...series.bounds] } }
  const histogram = meter.createHistogram(series.otlpName, { ...optionsOf(series), ...advice })
  const pass: Forward = (value, cell) => guard('attach', () => histogram.record(value, attributesOf(series, cell)))
  series.forwards = [...(series.forwards ?? []), pass]
  return () => {
    const left = series.forwards?.filter((other) => other !== pass) ?? []
    series.forwards = left.length > 0 ? left : undefined
  }
}
