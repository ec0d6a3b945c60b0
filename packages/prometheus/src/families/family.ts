import type { Cell } from '@quipu/store'

/** Type of a family on a page. An up-down counter is a gauge; `info` is a gauge in text 0.0.4. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info'

/** One series as a page writer reads it: a cell of the store, or a data point of another provider in the same shape. */
export interface Point {
  /** Layout of `Cell.data` for the kind. */
  readonly data: ArrayLike<number>
  readonly at: number
  readonly exponential: ExponentialPoint | undefined
  readonly exemplars: Cell['exemplars']
  /** Upper bounds of this series, if they differ from the family's. */
  readonly bounds?: readonly number[]
  /** Whether the series was removed after the writer copied the list. */
  readonly removed?: boolean
  /** Quantiles of a summary, if it has any. */
  readonly quantiles?: readonly Quantile[]
}

export interface Quantile {
  readonly quantile: number
  readonly value: number
}

/** A base-2 exponential histogram; one of another provider may have negative values. */
export interface ExponentialPoint {
  readonly scale: number
  readonly sum: number
  readonly count: number
  readonly zeroCount: number
  readonly positive: ExponentialSide
  readonly negative?: ExponentialSide
}

export interface ExponentialSide {
  readonly offset: number
  readonly bucketCounts: readonly number[]
}

/** One family of a page: all lines under one `# TYPE` line. */
export interface Family<P extends Point = Point> {
  /** Full name, with `_total` for a counter and `_info` for an info. */
  readonly name: string
  readonly type: FamilyType
  readonly help: string
  /** The unit as it is spelled in names: `seconds`. */
  readonly unit: string
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly bounds: readonly number[]
  /** Returns a different number after every change. Without it, the family is written on every scrape. */
  version?(): number
  /** Number of series; undefined when it is unknown before the series are read. */
  size?(): number
  /** The series, in a list that the writer may keep while it pauses. */
  points(): readonly P[]
  /** The labels of a series as the page shows them: `model="gpt-4",endpoint="chat"`. */
  labelText(point: P): string
  /** The quantiles of a summary's series. Without it, those of the point. */
  quantiles?(point: P): readonly Quantile[]
  /** Start of a series in milliseconds since the Unix epoch. */
  createdUnixMs(point: P): number
}

/** The sample names of each type, which no other family may use (OpenMetrics 1.0, "Overall Structure"). */
const suffixes: { readonly [T in FamilyType]: readonly string[] } = {
  counter: ['', '_total', '_created'],
  gauge: [''],
  histogram: ['', '_bucket', '_count', '_sum', '_created'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['', '_info'],
}

/** Returns the name of a family in OpenMetrics, without `_total` for a counter. */
export function baseName({ name, type }: Pick<Family, 'name' | 'type'>): string {
  if (type === 'counter') return name.replace(/_total$/, '')
  if (type === 'info') return name.replace(/_info$/, '')
  return name
}

/** Returns all names that a family uses on a page, in any format. */
export function takenNames(family: Pick<Family, 'name' | 'type'>): readonly string[] {
  const base = baseName(family)
  return suffixes[family.type].map((suffix) => base + suffix)
}
