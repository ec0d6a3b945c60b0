import { type Catalog, type EventSpecs, isCatalog, type MetricSpecs } from '@quipu/catalog/builtin'
import {
  callback,
  either,
  flag,
  group,
  instance,
  listOf,
  mapOf,
  type OptionsOf,
  option,
  text,
  withMethods,
  word,
} from '@quipu/catalog/options'
import { limitOptions } from './limit-options.js'
import { MIN_KEY_LENGTH } from './privacy/pseudonym.js'
import type { TraceReference } from './store-context.js'
import type { Clock } from './time/clock.js'

/** Key of pseudonyms, a secret. */
const key = text({ min: MIN_KEY_LENGTH, expected: `a text of at least ${MIN_KEY_LENGTH} characters` })

/** Options that can also be changed later, as `start()` does with the store of the process. */
export const storeSettingOptions = group({
  /**
   * The documented systems whose names are recorded. Quipu's self-metrics always are. Under DO_NOT_TRACK the default
   * excludes `aki`.
   */
  vocabularies: option(listOf(word(['securetrack', 'aki', 'atlas', 'gen_ai', 'quipu', 'self'])), {
    otherwise: 'all',
    variables: ['QUIPU_VOCABULARIES'],
    example: "vocabularies: ['securetrack', 'gen_ai']",
  }),
  /** Editions of OpenTelemetry's GenAI conventions. */
  genAiProfiles: option(listOf(word(['1.41', 'next'])), {
    otherwise: '1.41',
    variables: ['QUIPU_GEN_AI_PROFILES'],
    example: "genAiProfiles: ['next']",
  }),
  /** `plain` keeps the values of labels of class `id`. */
  ids: option(word(['pseudonymous', 'plain']), { otherwise: 'pseudonymous', variables: ['QUIPU_IDS'] }),
  /** Key of the pseudonyms, so that an id keeps its pseudonym across restarts and replicas. */
  idKey: option(key, { secret: true, otherwise: 'a random key at every start', variables: ['QUIPU_ID_KEY'] }),
  /**
   * Adds the running sampled trace to recorded values, as OpenMetrics exemplars; or a function that returns the trace.
   */
  exemplars: option(
    either(flag, callback<() => TraceReference | undefined>('a function that returns the running trace')),
    {
      otherwise: 'the value of OTEL_METRICS_EXEMPLAR_FILTER, otherwise off',
    },
  ),
})

/** Options of a store. */
export const storeOptions = group({
  ...storeSettingOptions.fields,
  /** The vocabularies of the standard page `/metrics`. */
  standard: option(listOf(word(['semconv', 'instrumentator', 'prom_client'])), {
    otherwise: 'semconv, instrumentator',
  }),
  /** Key of the pseudonyms if there is no `idKey` and none was used yet. The processes of one application share it. */
  groupIdKey: option(key, { secret: true }),
  /** Limits of the recorder's memory. */
  limits: option(limitOptions, { example: 'limits: { seriesPerMetric: 5000 }' }),
  /** Values that always get their own series, by label name. */
  allow: option(
    mapOf(listOf(text({ min: 0, expected: 'a text' })), { expected: 'an object with a list for each label' }),
    {
      example: "allow: { model: ['gpt-5'] }",
    },
  ),
  /** Source of the time. */
  clock: option(withMethods<Clock>('an object with monotonicMs() and unixMs()', 'monotonicMs', 'unixMs'), {}),
  /** Throws a QuipuError instead of dropping invalid input, for tests. */
  strict: option(flag, { default: false }),
  /** Entries in addition to the built-in ones. */
  catalog: option(instance<Catalog>('a catalogue from defineMetrics or defineEvents', isCatalog), {
    example: 'catalog: defineMetrics({ … })',
  }),
})

/** Settings of a store that can be changed later. */
export interface StoreSettings
  extends Pick<
    OptionsOf<typeof storeOptions.fields>,
    keyof typeof storeSettingOptions.fields | 'standard' | 'groupIdKey'
  > {}

/** The options of a store with a catalogue of these entries. */
export interface StoreOptions<M extends MetricSpecs, E extends EventSpecs>
  extends Omit<OptionsOf<typeof storeOptions.fields>, 'catalog'> {
  /** Entries in addition to the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
}

/** The options with a catalogue of arbitrary entries. */
export type UntypedStoreOptions = StoreOptions<MetricSpecs, EventSpecs>
