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
import type { Clock } from './clock.js'
import { priceTable } from './observe/price-options.js'
import { sessionOptions } from './observe/session-options.js'
import { limitOptions } from './store/limit-options.js'
import type { TraceReference } from './store/store-context.js'

/** Key of pseudonyms: a secret. */
const key = text({ min: 16, expected: 'a text of at least 16 characters' })

/** Options that may also be chosen after the recorder was made, as `start()` does with the process's own. */
export const settingOptions = group({
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
  /** US dollars per million tokens, by model; without it no cost is recorded. */
  prices: option(priceTable, {
    example: "prices: { 'gpt-5': { input: 1.25, output: 10 } }",
  }),
  /** When a session counts as ended without `trackSessionEnd()`. */
  sessions: option(sessionOptions, { example: 'sessions: { idleTimeoutMs: 1_800_000 }' }),
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

const recorderOnly = group({
  ...settingOptions.fields,
  /** The vocabularies of the standard page `/metrics`. */
  standard: option(listOf(word(['semconv', 'instrumentator', 'prom_client'])), {
    otherwise: 'semconv, instrumentator',
  }),
  /** Whether activity events are made. */
  activityLog: option(flag, { otherwise: 'what FEATURE_METRICS_LOGGING_ENABLED says' }),
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
})

/** Everything that `createRecorder()` takes. */
export const recorderOptions = group({
  ...recorderOnly.fields,
  /** Entries beside the built-in ones. */
  catalog: option(instance<Catalog>('a catalogue from defineMetrics or defineEvents', isCatalog), {
    example: 'catalog: defineMetrics({ … })',
  }),
})

/** What may be chosen about a recorder after it was made. */
export interface RecorderSettings
  extends Pick<
    OptionsOf<typeof recorderOnly.fields>,
    keyof typeof settingOptions.fields | 'standard' | 'activityLog' | 'groupIdKey'
  > {}

export interface RecorderOptions<M extends MetricSpecs, E extends EventSpecs>
  extends OptionsOf<typeof recorderOnly.fields> {
  /** Entries beside the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
}

/** The options with a catalogue of any entries. */
export type UntypedRecorderOptions = RecorderOptions<MetricSpecs, EventSpecs>
