import type { MetricSpec } from '@quipu/catalog/builtin'

/**
 * One series: its label values and the position of its numbers. The store owns it and is the only writer of its
 * numbers. Readers read them in place, and may keep one cache each in `pageText` and `attributes`.
 * What lies at `data[at…]`, by kind of metric:
 * - counter, upDownCounter, gauge: the value
 * - summary: the sum, the count
 * - histogram: the sum, then one count per bucket (not cumulative), the last for +Inf; the count is their sum
 * - exponential histogram: nothing; see `exponential`
 */
export interface Cell {
  /** One value per label of the metric, in order; undefined for an omitted optional label. */
  readonly values: readonly (string | undefined)[]
  readonly data: Float64Array
  readonly at: number
  /** Start of the series on the recorder's monotonic clock. */
  readonly startedAtMs: number
  /** The same in milliseconds since the Unix epoch, if another process recorded the series. */
  readonly startedAtUnixMs?: number | undefined
  /** Last time that a gauge which expires, or merges by `last`, was set, on the recorder's monotonic clock. */
  readonly setAtMs: number
  readonly exponential: ExponentialBuckets | undefined
  /** The last exemplar of each bucket; one slot for a counter. */
  readonly exemplars: readonly (Exemplar | undefined)[] | undefined
  /** Whether the series was removed. Its numbers are then zero, and it is not exported. */
  readonly removed: boolean
  /** The label text on a page, `model="gpt-4",endpoint="chat"`, cached by the page writer. */
  pageText: string | undefined
  /** The attributes of a data point, cached by the producers. */
  attributes: Readonly<Record<string, string>> | undefined
}

/** A base-2 exponential histogram, as the OpenTelemetry metrics data model defines it. */
export interface ExponentialBuckets {
  readonly scale: number
  readonly sum: number
  readonly count: number
  readonly zeroCount: number
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly number[] }
}

/** A recorded value with the trace in which it was recorded. */
export interface Exemplar {
  readonly value: number
  readonly unixMs: number
  readonly traceId: string
  readonly spanId: string
}

/**
 * The series that a removal selects: those with these label values; null selects series without the label, and a label
 * that is not listed may have any value.
 */
export type Removal = { readonly [label: string]: string | null }

/**
 * Returns whether a removal selects the series of these values.
 * Never throws.
 *
 * @example
 * isRemovedBy({ user_id: 'a' }, ['user_id'], ['a']) // true
 */
export function isRemovedBy(removal: Removal, labelNames: readonly string[], values: Cell['values']): boolean {
  return labelNames.every((name, i) => !Object.hasOwn(removal, name) || (values[i] ?? null) === removal[name])
}

/** One metric of a recorder, as exporters see it. */
export interface MetricReading {
  /** The catalogue key. */
  readonly name: string
  readonly spec: MetricSpec
  /** Prometheus family name, with `_total` for a counter. */
  readonly prometheusName: string
  readonly otlpName: string
  /** OTLP scope: `quipu.securetrack`, `quipu.aki`, …; `quipu.app` for an application's own metrics. */
  readonly scope: string
  readonly labelNames: readonly string[]
  /** Upper bounds of the buckets without +Inf; empty for other kinds. */
  readonly bounds: readonly number[]
  /** The live series in order of creation, without expired ones. Copy the list before yielding to the event loop. */
  cells(): readonly Cell[]
  /**
   * Checks `count` series before index `end` and removes the expired ones. Returns the index it reached, 0 at the end.
   * For readers that give the event loop its turns: `cells` and `version` remove all expired series at once.
   */
  expireBefore?(end: number, count: number): number
  /** Returns a different number whenever a value was recorded or removed since the last call. */
  version(): number
  /** Removes the series named by a removal received from another process, without announcing it again. */
  applyRemoval?(removal: Removal): void
  /**
   * Adds a listener of intentional removals, including those of series that do not exist here, because other processes
   * may have them.
   */
  onRemoval?(listener: (removal: Removal) => void): void
}
