import type { MetricSpec } from '@quipu/catalog/builtin'
import type { StoreContext } from '../store-context.js'
import { CounterInstrument } from './counter-instrument.js'
import { ExponentialHistogramInstrument, HistogramInstrument, SummaryInstrument } from './distribution-instrument.js'
import { GaugeInstrument } from './gauge-instrument.js'

/** Any instrument of the store. */
export type AnyInstrument =
  | CounterInstrument
  | GaugeInstrument
  | HistogramInstrument
  | ExponentialHistogramInstrument
  | SummaryInstrument

/** Creates the instrument of a catalogue entry. */
export function createInstrument(name: string, spec: MetricSpec, context: StoreContext): AnyInstrument {
  switch (spec.kind) {
    case 'counter':
    case 'upDownCounter':
      return new CounterInstrument(name, spec, context)
    case 'gauge':
      return new GaugeInstrument(name, spec, context)
    case 'summary':
      return new SummaryInstrument(name, spec, context)
    case 'histogram':
      return spec.aggregation === 'exponential'
        ? new ExponentialHistogramInstrument(name, spec, context)
        : new HistogramInstrument(name, spec, context)
  }
}
