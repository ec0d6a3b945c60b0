import type { MetricSpec } from '@quipu/catalog/builtin'
import { CounterSeries } from './counter.js'
import { ExponentialHistogramSeries, HistogramSeries, SummarySeries } from './distribution.js'
import { GaugeSeries } from './gauge.js'
import type { StoreContext } from './store-context.js'

/** Any instrument of the store. */
export type AnySeries = CounterSeries | GaugeSeries | HistogramSeries | ExponentialHistogramSeries | SummarySeries

/** The instrument that a catalogue entry asks for. */
export function createSeries(name: string, spec: MetricSpec, context: StoreContext): AnySeries {
  switch (spec.kind) {
    case 'counter':
    case 'upDownCounter':
      return new CounterSeries(name, spec, context)
    case 'gauge':
      return new GaugeSeries(name, spec, context)
    case 'summary':
      return new SummarySeries(name, spec, context)
    case 'histogram':
      return spec.aggregation === 'exponential'
        ? new ExponentialHistogramSeries(name, spec, context)
        : new HistogramSeries(name, spec, context)
  }
}
