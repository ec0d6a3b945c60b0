import {
  builtinCatalog,
  type Catalog,
  type EventSpecs,
  type GenAiProfile,
  isStandard,
  type MetricSpec,
  type MetricSpecs,
  type StandardVocabulary,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { CounterSeries } from './counter.js'
import { type AnySeries, createSeries } from './create-series.js'
import { GaugeSeries } from './gauge.js'
import type { LabelBag } from './label-values.js'
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
  /** The vocabularies of the standard page. */
  standard: ReadonlySet<StandardVocabulary>
}

/** The store with the built-in entries in it. */
export function createStore(context: StoreContext, speech: Speech): Store {
  // Without a prototype: `metrics.constructor` is a metric or nothing.
  const instruments: Record<string, AnySeries> = Object.create(null)
  const specs = new Map<string, MetricSpec>()
  for (const [name, spec] of Object.entries<MetricSpec>(builtinCatalog.metrics)) {
    specs.set(name, spec)
    // Made when it is first asked for: most applications use a few of all that there are.
    Object.defineProperty(instruments, name, {
      get() {
        const value = createSeries(name, spec, context)
        Object.defineProperty(instruments, name, { value, enumerable: true })
        return value
      },
      configurable: true,
      enumerable: true,
    })
  }

  const isSpoken = (spec: MetricSpec): boolean => {
    if (spec.vocabulary === undefined || spec.vocabulary === 'self') return true
    if (isStandard(spec.vocabulary)) return speech.standard.has(spec.vocabulary)
    if (!speech.vocabularies.has(spec.vocabulary)) return false
    return spec.profile === undefined || speech.genAiProfiles.has(spec.profile)
  }
  return {
    instruments,
    extend(catalog) {
      for (const [name, spec] of Object.entries(catalog.metrics)) {
        if (specs.has(name)) continue
        specs.set(name, spec)
        // Made at once: what is wrong with an entry is said here and not by what records.
        instruments[name] = createSeries(name, spec, context)
      }
    },
    write(name, value, labels) {
      const instrument = instruments[name]
      if (instrument === undefined) return false
      if (instrument instanceof CounterSeries) instrument.add(value, labels)
      else if (instrument instanceof GaugeSeries) instrument.set(value, labels)
      else instrument.record(value, labels)
      return true
    },
    spoken() {
      const spoken: AnySeries[] = []
      for (const [name, spec] of specs) {
        const instrument = isSpoken(spec) ? instruments[name] : undefined
        if (instrument !== undefined) spoken.push(instrument)
      }
      return spoken
    },
  }
}
