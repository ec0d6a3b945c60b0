import { createTrack, type Track } from './track.js'

/** A family's type on its page. */
export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'stateset' | 'unknown'

/** One sample of a series: a counter, a bucket, a sum, a value. */
export interface Cell {
  /** Whether it only increases, so that a smaller value means a restart. */
  readonly isCumulative: boolean
  /** The number on the page. */
  last: number
  /** The last poll that had it. */
  poll: number
  /** Whether the page no longer has it. */
  isGone: boolean
  /** A cumulative cell: its growth since the page was first read, including restarts. Any other cell: its value. */
  readonly track: Track
  /** Of a bucket that was not read yet: the one below it, whose count it had until now. */
  below?: Cell | undefined
}

/** A histogram's bucket. */
export interface Bucket {
  /** Its upper bound, `Infinity` for the last. */
  readonly bound: number
  readonly cell: Cell
}

/** One set of labels of a family. */
export interface Series {
  readonly labels: ReadonlyMap<string, string>
  /** A counter's or gauge's value; a histogram's and summary's count. */
  value: Cell | undefined
  sum: Cell | undefined
  /** Ascending by bound. */
  readonly buckets: Bucket[]
  /** A summary's quantiles, such as `0.95`. */
  readonly quantiles: Map<string, Cell>
}

/** A metric family of a page. */
export interface Family {
  /** Without the suffix of its type: `llm_requests`. */
  readonly name: string
  /** Its name in queries: `llm_requests_total`. */
  queryName: string
  type: FamilyType
  help: string
  unit: string
  /** The page that has it. */
  readonly page: string
  readonly series: Map<string, Series>
}

export function createCell(isCumulative: boolean): Cell {
  return { isCumulative, last: Number.NaN, poll: -1, isGone: true, track: createTrack() }
}

/** Every cell of a series. */
export function cellsOf({ value, sum, buckets, quantiles }: Series): readonly Cell[] {
  return [value, sum, ...buckets.map(({ cell }) => cell), ...quantiles.values()].filter((cell) => cell !== undefined)
}

/** Whether the page still has it. */
export function isLive({ value, sum, quantiles }: Series): boolean {
  if (value !== undefined) return !value.isGone
  return (sum !== undefined && !sum.isGone) || [...quantiles.values()].some(({ isGone }) => !isGone)
}
