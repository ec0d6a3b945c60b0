import {
  builtinCatalog,
  type Catalog,
  type EventSpecs,
  type MetricSpec,
  type MetricSpecs,
} from '@quipu/catalog/builtin'
import type { LabelBag } from '../labels/label-values.js'
import type { StoreContext } from '../store-context.js'
import { CounterInstrument } from './counter-instrument.js'
import { type AnyInstrument, createInstrument } from './create-instrument.js'
import { GaugeInstrument } from './gauge-instrument.js'

/** The instruments of one store, by name. */
export interface InstrumentTable {
  /** Instruments by name, in an object, so that `metrics.x` is a plain property. */
  readonly instruments: { readonly [name: string]: AnyInstrument }
  extend(catalog: Catalog<MetricSpecs, EventSpecs>): void
  write(name: string, value: number, labels?: LabelBag): boolean
  /** The instruments of enabled vocabularies and editions. */
  exported(): readonly AnyInstrument[]
}

/**
 * Creates the instruments of the built-in entries.
 * @param isExported whether the vocabulary and edition of an entry is enabled
 */
export function createInstrumentTable(
  context: StoreContext,
  isExported: (spec: MetricSpec) => boolean,
): InstrumentTable {
  // Without a prototype: `metrics.constructor` must be a metric or undefined.
  const instruments: Record<string, AnyInstrument> = Object.create(null)
  const specs = new Map<string, MetricSpec>()
  for (const [name, spec] of Object.entries<MetricSpec>(builtinCatalog.metrics)) {
    specs.set(name, spec)
    // Created on first access, because most applications use only a few.
    Object.defineProperty(instruments, name, {
      get() {
        const value = createInstrument(name, spec, context)
        Object.defineProperty(instruments, name, { value, enumerable: true })
        return value
      },
      configurable: true,
      enumerable: true,
    })
  }

  return {
    instruments,
    extend(catalog) {
      for (const [name, spec] of Object.entries(catalog.metrics)) {
        if (specs.has(name)) continue
        specs.set(name, spec)
        // Created immediately, so that an invalid entry is reported here and not by code that records.
        instruments[name] = createInstrument(name, spec, context)
      }
    },
    write(name, value, labels) {
      const instrument = instruments[name]
      if (instrument === undefined) return false
      if (instrument instanceof CounterInstrument) instrument.add(value, labels)
      else if (instrument instanceof GaugeInstrument) instrument.set(value, labels)
      else instrument.record(value, labels)
      return true
    },
    exported() {
      const exported: AnyInstrument[] = []
      for (const [name, spec] of specs) {
        const instrument = isExported(spec) ? instruments[name] : undefined
        if (instrument !== undefined) exported.push(instrument)
      }
      return exported
    },
  }
}
