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

/** Key of pseudonyms: a secret. */
const key = text({ min: MIN_KEY_LENGTH, expected: `a text of at least ${MIN_KEY_LENGTH} characters` })

/** Options that may also be chosen after the store was made, as `start()` does with the process's own. */
export const storeSettingOptions = group({
  /** The documented systems whose names are recorded; Quipu's own self-metrics always are. Under DO_NOT_TRACK the default lacks `aki`. */
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
  /** `plain` keeps labels of class `id` as they are. */
  ids: option(word(['pseudonymous', 'plain']), { otherwise: 'pseudonymous', variables: ['QUIPU_IDS'] }),
  /** Key of the pseudonyms, so that one id keeps one pseudonym over restarts and replicas. */
  idKey: option(key, { secret: true, otherwise: 'a random key at every start', variables: ['QUIPU_ID_KEY'] }),
  /** Keeps the running sampled trace with recorded values, as OpenMetrics exemplars; or a function that returns the trace. */
  exemplars: option(
    either(flag, callback<() => TraceReference | undefined>('a function that returns the running trace')),
    {
      otherwise: 'what OTEL_METRICS_EXEMPLAR_FILTER says, else off',
    },
  ),
})

/** Everything that a store takes. */
export const storeOptions = group({
  ...storeSettingOptions.fields,
  /** The vocabularies of the standard page `/metrics`. */
  standard: option(listOf(word(['semconv', 'instrumentator', 'prom_client'])), {
    otherwise: 'semconv, instrumentator',
  }),
  /** Key of the pseudonyms where no `idKey` is given and none was used yet: processes of one application share it. */
  groupIdKey: option(key, { secret: true }),
  /** Bounds on what the recorder may hold. */
  limits: option(limitOptions, { example: 'limits: { seriesPerMetric: 5000 }' }),
  /** Values that always get a series of their own, by label name. */
  allow: option(
    mapOf(listOf(text({ min: 0, expected: 'a text' })), { expected: 'an object with a list for each label' }),
    {
      example: "allow: { model: ['gpt-5'] }",
    },
  ),
  /** Where time is read. */
  clock: option(withMethods<Clock>('an object with monotonicMs() and unixMs()', 'monotonicMs', 'unixMs'), {}),
  /** Throws a QuipuError where input would be dropped: for tests. */
  strict: option(flag, { default: false }),
  /** Entries beside the built-in ones. */
  catalog: option(instance<Catalog>('a catalogue from defineMetrics or defineEvents', isCatalog), {
    example: 'catalog: defineMetrics({ … })',
  }),
})

/** What may be chosen about a store after it was made. */
export interface StoreSettings
  extends Pick<
    OptionsOf<typeof storeOptions.fields>,
    keyof typeof storeSettingOptions.fields | 'standard' | 'groupIdKey'
  > {}

/** The options of a store with a catalogue of these entries. */
export interface StoreOptions<M extends MetricSpecs, E extends EventSpecs>
  extends Omit<OptionsOf<typeof storeOptions.fields>, 'catalog'> {
  /** Entries beside the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
}

/** The options with a catalogue of any entries. */
export type UntypedStoreOptions = StoreOptions<MetricSpecs, EventSpecs>
