import type { MetricSpec } from '@quipu/catalog/builtin'

/**
 * One series: its label values and where its numbers lie. The store owns it and only the store writes its numbers;
 * readers read them in place, and may keep one cache each in `pageText` and `attributes`.
 *
 * What lies at `data[at…]`, by kind of metric:
 * - counter, upDownCounter, gauge: the value
 * - summary: the sum, the count
 * - histogram: the sum, then one count per bucket (not cumulative), the last for +Inf; the count is their sum
 * - exponential histogram: nothing; see `exponential`
 */
export interface Cell {
  /** One value a label of the metric, in its order; undefined where an optional label was left out. */
  readonly values: readonly (string | undefined)[]
  readonly data: Float64Array
  readonly at: number
  /** When the series began, on the recorder's monotonic clock. */
  readonly startedAtMs: number
  /** The same in milliseconds since the Unix epoch, where another process recorded it. */
  readonly startedAtUnixMs?: number | undefined
  /** When a gauge that expires, or merges by `last`, was last set, on the recorder's monotonic clock. */
  readonly setAtMs: number
  readonly exponential: ExponentialBuckets | undefined
  /** The last exemplar of each bucket; one slot for a counter. */
  readonly exemplars: readonly (Exemplar | undefined)[] | undefined
  /** Removed since: its numbers read zero, and it is no longer exported. */
  readonly removed: boolean
  /** The label text of a page, `model="gpt-4",endpoint="chat"`: kept here by the page writer. */
  pageText: string | undefined
  /** The attributes object of a data point: kept here by the producers. */
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

/** A recorded value together with the trace it was recorded in. */
export interface Exemplar {
  readonly value: number
  readonly unixMs: number
  readonly traceId: string
  readonly spanId: string
}

/**
 * Which series a removal means, as the store has their values: those whose labels have these; null: those without the
 * label. A label that is not named may have any value.
 */
export type Removal = { readonly [label: string]: string | null }

/** Whether a removal means the series of these values. */
export function isMeant(removal: Removal, labelNames: readonly string[], values: Cell['values']): boolean {
  return labelNames.every((name, i) => !Object.hasOwn(removal, name) || (values[i] ?? null) === removal[name])
}

/** One metric of a recorder, as those see it who export it. */
export interface MetricReading {
  /** The catalogue key. */
  readonly name: string
  readonly spec: MetricSpec
  /** Prometheus family name: a counter's with `_total`. */
  readonly prometheusName: string
  readonly otlpName: string
  /** OTLP scope: `quipu.securetrack`, `quipu.aki`, …; `quipu.app` for users' own. */
  readonly scope: string
  readonly labelNames: readonly string[]
  /** Upper bounds of the buckets without +Inf; empty for other kinds. */
  readonly bounds: readonly number[]
  /** The live series in the order they came; expired ones left out. Take a copy before you yield. */
  cells(): readonly Cell[]
  /**
   * Looks at so many series before an index, from there to the front, and removes those that have expired; returns the
   * index it came to, 0 when it is through. For readers who give the event loop its turns: `cells` and `version` remove
   * all that have expired at once.
   */
  expireBefore?(end: number, count: number): number
  /** Another number whenever something was recorded or removed since it was last asked. */
  version(): number
  /** Removes the series that somebody else's removal means, whom `onRemoval` told of it; tells nobody. */
  applyRemoval?(removal: Removal): void
  /** Hears what is removed on purpose from now on, also what is not here: others may have it. */
  onRemoval?(listener: (removal: Removal) => void): void
}
