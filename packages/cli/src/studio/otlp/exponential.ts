import { listOf, numberOf, objectOf } from './untrusted.js'

/** A base-2 exponential histogram. */
export interface Exponential {
  readonly scale: number
  readonly sum: number
  readonly count: number
  readonly zeroCount: number
  readonly positive: Side
  readonly negative: Side
}

/** The buckets of one sign: `bucketCounts[i]` counts values above 2^((offset + i) · 2^-scale). */
interface Side {
  readonly offset: number
  readonly bucketCounts: readonly number[]
}

/** A sign with more buckets is read as empty. SDKs send 160 by default. */
const MOST_BUCKETS = 4096
const SCALES = { min: -10, max: 20 }

/** Reads a data point; what is invalid in it is NaN or empty. Never throws. */
export function exponentialOf(point: Readonly<Record<string, unknown>>): Exponential {
  const scale = zeroIfMissing(point.scale)
  return {
    scale: Math.min(SCALES.max, Math.max(SCALES.min, scale)),
    sum: zeroIfMissing(point.sum),
    count: numberOf(point.count),
    zeroCount: zeroIfMissing(point.zeroCount),
    positive: sideOf(point.positive),
    negative: sideOf(point.negative),
  }
}

/** Adds two histograms at the coarser of their scales. */
export function mergeExponential(a: Exponential, b: Exponential): Exponential {
  const scale = Math.min(a.scale, b.scale)
  const merge = (name: 'positive' | 'negative'): Side =>
    mergeSides(coarser(a[name], a.scale - scale), coarser(b[name], b.scale - scale))
  return {
    scale,
    sum: a.sum + b.sum,
    count: a.count + b.count,
    zeroCount: a.zeroCount + b.zeroCount,
    positive: merge('positive'),
    negative: merge('negative'),
  }
}

/** Halves the resolution a number of times: each time, two neighbours become one bucket. */
function coarser({ offset, bucketCounts }: Side, times: number): Side {
  const step = 2 ** times
  const first = Math.floor(offset / step)
  const counts: number[] = []
  bucketCounts.forEach((count, i) => {
    const at = Math.floor((offset + i) / step) - first
    counts[at] = (counts[at] ?? 0) + count
  })
  return { offset: first, bucketCounts: counts }
}

function mergeSides(a: Side, b: Side): Side {
  if (a.bucketCounts.length === 0) return b
  if (b.bucketCounts.length === 0) return a
  const offset = Math.min(a.offset, b.offset)
  const end = Math.max(a.offset + a.bucketCounts.length, b.offset + b.bucketCounts.length)
  if (end - offset > MOST_BUCKETS) return b
  const countAt = (side: Side, index: number): number => side.bucketCounts[index - side.offset] ?? 0
  return {
    offset,
    bucketCounts: Array.from({ length: end - offset }, (_, i) => countAt(a, offset + i) + countAt(b, offset + i)),
  }
}

function sideOf(value: unknown): Side {
  const { offset, bucketCounts } = objectOf(value)
  const counts = listOf(bucketCounts).map(numberOf)
  return { offset: zeroIfMissing(offset), bucketCounts: counts.length > MOST_BUCKETS ? [] : counts }
}

/** Protobuf and JSON leave out zeros. */
function zeroIfMissing(value: unknown): number {
  return value === undefined ? 0 : numberOf(value)
}
