import type { BuiltinMetrics } from '@quipu/catalog/builtin'
import type { Clock, LabelBag } from '@quipu/store'
import type { User } from './lazy-user.js'
import type { Mapping } from './mappings/mapping.js'
import type { PriceTable } from './price-options.js'

/** What the helpers record through: one recorder's inside. */
export interface Recording {
  readonly clock: Clock
  /** Writes to a built-in metric: adds, sets or records, as its kind has it. */
  write(metric: keyof BuiltinMetrics, value: number, labels?: LabelBag): void
  remove(metric: keyof BuiltinMetrics, labels: LabelBag): void
  /** Records one observation in every vocabulary that is on. */
  observe<O>(mapping: Mapping<O>, observation: O, user: User | undefined): void
  /** Logs an activity event; without a user, that of the user named by `withUser`. */
  logEvent(event: string, user: User | undefined, fields: LabelBag): void
  drop(metric: string, reason: string): void
  /** Runs code of ours; what it throws is counted and goes no further. */
  guard<T>(site: string, fn: () => T): T | undefined
  /** Whether the times between the chunks of a stream are recorded. */
  speaks(vocabulary: 'gen_ai'): boolean
  readonly price: PriceTable | undefined
}
