import {
  builtinCatalog,
  type Catalog,
  type EventSpecs,
  type GenAiProfile,
  type MetricSpec,
  type MetricSpecs,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { CounterSeries } from './counter.js'
import { type AnySeries, createSeries } from './create-series.js'
import { GaugeSeries } from './gauge.js'
import type { LabelBag } from './metric-series.js'
import type { StoreContext } from './store-context.js'

/** The instruments of one recorder, by name. */
export interface Store {
  /** Name → instrument; an object, so that `metrics.x` is a plain property. */
  readonly instruments: { readonly [name: string]: AnySeries }
  extend(catalog: Catalog<MetricSpecs, EventSpecs>): void
  write(name: string, value: number, labels?: LabelBag): boolean
  /** The instruments whose vocabulary is spoken. */
  spoken(): readonly AnySeries[]
}

/** What decides which of the built-in metrics are exported. */
export interface Speech {
  vocabularies: ReadonlySet<Vocabulary>
  genAiProfiles: ReadonlySet<GenAiProfile>
}

/** The store with the built-in entries in it. */
export function createStore(context: StoreContext, speech: Speech): Store {
  // Without a prototype: `metrics.constructor` is a metric or nothing.
  const instruments: Record<string, AnySeries> = Object.create(null)
  const add = (name: string, spec: MetricSpec): void => {
    instruments[name] ??= createSeries(name, spec, context)
  }
  for (const [name, spec] of Object.entries<MetricSpec>(builtinCatalog.metrics)) add(name, spec)

  const isSpoken = ({ spec }: AnySeries): boolean => {
    if (spec.vocabulary === undefined || spec.vocabulary === 'self') return true
    if (!speech.vocabularies.has(spec.vocabulary)) return false
    return spec.profile === undefined || speech.genAiProfiles.has(spec.profile)
  }
  return {
    instruments,
    extend(catalog) {
      for (const [name, spec] of Object.entries(catalog.metrics)) add(name, spec)
    },
    write(name, value, labels) {
      const instrument = instruments[name]
      if (instrument === undefined) return false
      if (instrument instanceof CounterSeries) instrument.add(value, labels)
      else if (instrument instanceof GaugeSeries) instrument.set(value, labels)
      else instrument.record(value, labels)
      return true
    },
    spoken: () => Object.values(instruments).filter(isSpoken),
  }
}
