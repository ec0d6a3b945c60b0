import type { Catalog, EventSpecs, GenAiProfile, MetricSpecs, Vocabulary } from '@quipu/catalog/builtin'
import type { Clock } from './clock.js'
import type { PriceTable } from './observe/recording.js'
import type { SessionOptions } from './observe/sessions.js'
import type { Limits, TraceReference } from './store/store-context.js'

/** What may be chosen about a recorder after it was made: `start()` does so with the process's own. */
export interface RecorderSettings {
  /** Which systems' names to speak; `self` is always spoken. Default: all, Aki's not under DO_NOT_TRACK (T6). */
  readonly vocabularies?: readonly Vocabulary[] | undefined
  /** Edition of OpenTelemetry's GenAI conventions. Default `['1.41']`. */
  readonly genAiProfiles?: readonly GenAiProfile[] | undefined
  /** Whether activity events are made. Default: what FEATURE_METRICS_LOGGING_ENABLED says (A4–A7). */
  readonly activityLog?: boolean | undefined
  /** US dollars per million tokens, by model; without it no cost is recorded. */
  readonly prices?: PriceTable | undefined
  readonly sessions?: SessionOptions | undefined
  /** Key of the pseudonyms where no other is given and none was made yet: processes of one application have it in common. */
  readonly groupIdKey?: string | undefined
}

export interface RecorderOptions<M extends MetricSpecs, E extends EventSpecs> extends RecorderSettings {
  /** Entries beside the built-in ones. */
  readonly catalog?: Catalog<M, E> | undefined
  readonly limits?: Partial<Limits> | undefined
  /** Values that always get a series of their own, by label name: `{ model: ['gpt-5'] }`. */
  readonly allow?: { readonly [label: string]: readonly string[] } | undefined
  readonly clock?: Clock | undefined
  /** Throws a QuipuError where input would be dropped: for tests. Default false. */
  readonly strict?: boolean | undefined
  /** `plain` keeps labels of class `id` as they are; default: pseudonyms. */
  readonly ids?: 'pseudonym' | 'plain' | undefined
  /** Key of the pseudonyms, at least 16 characters, so that they stay the same from start to start. Default: a random one. */
  readonly idKey?: string | undefined
  /** The running trace, to keep with recorded values (OpenMetrics exemplars). Default: none are kept. */
  readonly exemplars?: (() => TraceReference | undefined) | undefined
}
