import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { flag, group, type OptionsOf, option } from '@quipu/catalog/options'
import { type StoreOptions, type StoreSettings, storeOptions, storeSettingOptions } from '@quipu/store'
import { priceTable } from './observe/price-options.js'
import { sessionOptions } from './observe/session-options.js'

const ownSettings = group({
  /** US dollars per million tokens, by model; without it no cost is recorded. */
  prices: option(priceTable, {
    example: "prices: { 'gpt-5': { input: 1.25, output: 10 } }",
  }),
  /** When a session counts as ended without `trackSessionEnd()`. */
  sessions: option(sessionOptions, { example: 'sessions: { idleTimeoutMs: 1_800_000 }' }),
})

const ownOptions = group({
  ...ownSettings.fields,
  /** Whether activity events are made. */
  activityLog: option(flag, { otherwise: 'what FEATURE_METRICS_LOGGING_ENABLED says' }),
})

/** Options that may also be chosen after the recorder was made, as `start()` does with the process's own. */
export const settingOptions = group({ ...storeSettingOptions.fields, ...ownSettings.fields })

/** Everything that `createRecorder()` takes. */
export const recorderOptions = group({ ...storeOptions.fields, ...ownOptions.fields })

/** What may be chosen about a recorder after it was made. */
export interface RecorderSettings extends StoreSettings, OptionsOf<typeof ownOptions.fields> {}

export interface RecorderOptions<M extends MetricSpecs, E extends EventSpecs>
  extends StoreOptions<M, E>,
    OptionsOf<typeof ownOptions.fields> {}

/** The options with a catalogue of any entries. */
export type UntypedRecorderOptions = RecorderOptions<MetricSpecs, EventSpecs>
