import type { Limits } from './limit-options.js'
import type { Clock } from './time/clock.js'

/** State that all metrics of one store share. */
export interface StoreContext {
  readonly clock: Clock
  /** Values that are always accepted, by label name. */
  readonly allow: { readonly [label: string]: readonly string[] | undefined }
  readonly limits: Limits
  /** Rejects a value outside its closed set instead of folding it, for tests. */
  readonly strict: boolean
  /** Route templates that a router declared. They stay unchanged, whereas other routes are searched for identifiers. */
  readonly declaredRoutes: Set<string>
  readonly pseudonym: (value: string) => string
  /** Returns the running trace, if exemplars are enabled; can be set later. */
  exemplarSource: (() => TraceReference | undefined) | undefined
  /** Counts a dropped observation and reports its cause once. */
  drop(metric: string, reason: string): void
  /** Counts a value that was folded into `other`. */
  fold(metric: string, label: string): void
  /** Reports the number of series of a gauge that are left out. */
  leaveOut(metric: string, count: number): void
}

export interface TraceReference {
  readonly traceId: string
  readonly spanId: string
}
