import type { Limits } from './limit-options.js'
import type { Clock } from './time/clock.js'

/** What every metric of one store shares. */
export interface StoreContext {
  readonly clock: Clock
  /** Values that always pass, by label name. */
  readonly allow: { readonly [label: string]: readonly string[] | undefined }
  readonly limits: Limits
  /** A value that is not in its closed set is refused instead of folded: for tests. */
  readonly strict: boolean
  /** Route templates that a router declared: kept as they are, where others are searched for identifiers. */
  readonly declaredRoutes: Set<string>
  readonly pseudonym: (value: string) => string
  /** Returns the running trace, when exemplars are kept; may be chosen late. */
  exemplarSource: (() => TraceReference | undefined) | undefined
  /** Counts an observation that was not taken, and says its cause once. */
  drop(metric: string, reason: string): void
  /** Counts a value that went into `other`. */
  fold(metric: string, label: string): void
  /** Reports how many series of a gauge are left out. */
  leaveOut(metric: string, count: number): void
}

export interface TraceReference {
  readonly traceId: string
  readonly spanId: string
}
