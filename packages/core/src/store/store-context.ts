import type { Clock } from '../clock.js'

/** What every metric of one store shares. */
export interface StoreContext {
  readonly clock: Clock
  /** Values that always pass, by label name. */
  readonly allow: { readonly [label: string]: readonly string[] | undefined }
  readonly limits: Limits
  /** A value that is not in its closed set is refused instead of folded: for tests. */
  readonly strict: boolean
  readonly pseudonym: (value: string) => string
  /** The trace that is running, when exemplars are wanted. */
  readonly exemplarSource: (() => TraceReference | undefined) | undefined
  /** Counts an observation that was not taken, and says its cause once. */
  drop(metric: string, reason: string): void
  /** Counts a value that went into `other`. */
  fold(metric: string, label: string): void
}

export interface TraceReference {
  readonly traceId: string
  readonly spanId: string
}

/** Bounds on what a recorder may hold. */
export interface Limits {
  /** Series of a metric whose entry has no budget of its own. Default 2000. */
  readonly seriesPerMetric: number
  /** Distinct values of an open label whose entry has no budget of its own. Default 200. */
  readonly valuesPerLabel: number
  /** UTF-16 code units of a label value. Default 128: it keeps real names and cuts prompts. */
  readonly valueLength: number
}

export const defaultLimits: Limits = { seriesPerMetric: 2000, valuesPerLabel: 200, valueLength: 128 }
