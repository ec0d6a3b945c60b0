import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { callback, flag, group, type OptionsOf, option } from '@quipu/catalog/options'
import { type StoreOptions, type StoreSettings, storeOptions, storeSettingOptions } from '@quipu/store'
import { type PriceLookup, priceTable } from './observe/price-options.js'
import { sessionOptions } from './observe/session-options.js'

const ownSettings = group({
  /** US dollars per million tokens, by model. A cost that the provider reports takes precedence. */
  prices: option(priceTable, {
    example: "prices: { 'gpt-5': { input: 1.25, output: 10 } }",
  }),
  /** Looks up prices of models that `prices` lacks, such as `genaiPrices()`. */
  priceOf: option(callback<PriceLookup>(), { example: 'priceOf: genaiPrices()' }),
  /** Records the tokens of each user under a pseudonym, for the 200 users with the most tokens. */
  tokensByUser: option(flag, {
    otherwise: 'false',
    variables: ['QUIPU_TOKENS_BY_USER'],
    example: 'tokensByUser: true',
  }),
  /** When a session ends without `trackSessionEnd()`. */
  sessions: option(sessionOptions, { example: 'sessions: { idleTimeoutMs: 1_800_000 }' }),
})

const ownOptions = group({
  ...ownSettings.fields,
  /** Whether activity events are created. */
  activityLog: option(flag, { otherwise: 'the value of FEATURE_METRICS_LOGGING_ENABLED' }),
})

/** Options that can also be changed later, as `start()` does with the recorder of the process. */
export const settingOptions = group({ ...storeSettingOptions.fields, ...ownSettings.fields })

/** Options of `createRecorder()`. */
export const recorderOptions = group({ ...storeOptions.fields, ...ownOptions.fields })

/** Settings of a recorder that can be changed later. */
export interface RecorderSettings extends StoreSettings, OptionsOf<typeof ownOptions.fields> {}

export interface RecorderOptions<M extends MetricSpecs, E extends EventSpecs>
  extends StoreOptions<M, E>,
    OptionsOf<typeof ownOptions.fields> {}

/** The options with a catalogue of arbitrary entries. */
export type UntypedRecorderOptions = RecorderOptions<MetricSpecs, EventSpecs>
