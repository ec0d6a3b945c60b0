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
  /** Name → instrument; an object, so that `metrics.x` is a plain property. */
  readonly instruments: { readonly [name: string]: AnyInstrument }
  extend(catalog: Catalog<MetricSpecs, EventSpecs>): void
  write(name: string, value: number, labels?: LabelBag): boolean
  /** The instruments whose vocabulary, and edition, is chosen. */
  exported(): readonly AnyInstrument[]
}

/**
 * The instruments of the built-in entries.
 * @param isExported whether the vocabulary, and the edition, of an entry is chosen
 */
export function createInstrumentTable(
  context: StoreContext,
  isExported: (spec: MetricSpec) => boolean,
): InstrumentTable {
  // Without a prototype: `metrics.constructor` is a metric or nothing.
  const instruments: Record<string, AnyInstrument> = Object.create(null)
  const specs = new Map<string, MetricSpec>()
  for (const [name, spec] of Object.entries<MetricSpec>(builtinCatalog.metrics)) {
    specs.set(name, spec)
    // Made when it is first asked for: most applications use a few of all that there are.
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
        // Made at once: what is wrong with an entry is said here and not by what records.
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
