import type { Cell } from '@quipu/core'

/** What a family is on a page. An up-down counter is a gauge there; `info` is a gauge in text 0.0.4. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info'

/** One series as a page writer reads it: a cell of the store, or a foreign data point in the same shape. */
export interface Point {
  /** Laid out as `Cell.data` is, for each kind. */
  readonly data: ArrayLike<number>
  readonly at: number
  readonly exponential: ExponentialPoint | undefined
  readonly exemplars: Cell['exemplars']
  /** Upper bounds of this series where they are not the family's. */
  readonly bounds?: readonly number[]
  /** The series was removed after the writer took its copy of the list. */
  readonly removed?: boolean
  /** Quantiles of a summary that has any. */
  readonly quantiles?: readonly Quantile[]
}

export interface Quantile {
  readonly quantile: number
  readonly value: number
}

/** A base-2 exponential histogram; foreign ones may have negative values. */
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

/** One family of a page: everything that stands under one `# TYPE` line. */
export interface Family<P extends Point = Point> {
  /** Full name; a counter's ends in `_total`, an info's in `_info`. */
  readonly name: string
  readonly type: FamilyType
  readonly help: string
  /** The unit in the words of a name: `seconds`. */
  readonly unit: string
  /** Upper bounds of a histogram's buckets, ascending, without +Inf. */
  readonly bounds: readonly number[]
  /** Another number whenever something changed. Absent: written anew on every scrape. */
  version?(): number
  /** How many series there are; absent where it is not known without making them. */
  size?(): number
  /** The series, a list that the writer may keep while it pauses. */
  points(): readonly P[]
  /** The labels of a series as the page has them: `model="gpt-4",endpoint="chat"`. */
  labelText(point: P): string
  /** The quantiles of a summary's series; those of the point when absent. */
  quantiles?(point: P): readonly Quantile[]
  /** When a series began, in milliseconds since the Unix epoch. */
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

/** The name that OpenMetrics gives a family: a counter's without `_total`. */
export function baseName({ name, type }: Pick<Family, 'name' | 'type'>): string {
  if (type === 'counter') return name.replace(/_total$/, '')
  if (type === 'info') return name.replace(/_info$/, '')
  return name
}

/** Every name that a family takes on a page, whichever the format. */
export function takenNames(family: Pick<Family, 'name' | 'type'>): readonly string[] {
  const base = baseName(family)
  return suffixes[family.type].map((suffix) => base + suffix)
}
