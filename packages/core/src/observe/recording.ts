import type { BuiltinMetrics, LabelsOf } from '@quipu/catalog/builtin'
import type { Clock, HistogramHandle, LabelBag } from '@quipu/store'
import type { User } from './lazy-user.js'
import type { Pricing } from './llm-cost.js'
import type { Mapping } from './mappings/mapping.js'

export type ChunkGapLabels = LabelsOf<BuiltinMetrics['gen_ai.client.operation.time_per_output_chunk']>

/** The internal interface of a recorder for its helpers. */
export interface Recording {
  readonly clock: Clock
  /** Writes to a built-in metric: adds, sets or records, depending on its kind. */
  write(metric: keyof BuiltinMetrics, value: number, labels?: LabelBag): void
  remove(metric: keyof BuiltinMetrics, labels: LabelBag): void
  /** Records one observation in every enabled vocabulary. */
  observe<O>(mapping: Mapping<O>, observation: O, user: User | undefined): void
  /** Logs an activity event; without a user, that of `withUser`. */
  logEvent(event: string, user: User | undefined, fields: LabelBag): void
  drop(metric: string, reason: string): void
  /** Runs Quipu's own code, and catches and counts its errors. */
  guard<T>(site: string, fn: () => T): T | undefined
  /** The series of the times between the chunks of a stream: one for each recorded edition of the GenAI conventions. */
  chunkGaps(labels: ChunkGapLabels): readonly HistogramHandle[]
  /** Undefined without prices. */
  readonly pricing: Pricing | undefined
  /** Whether the tokens of each user are recorded. */
  readonly tokensByUser: boolean
}
