import type { ExponentialPoint, ExponentialSide } from '../families/family.js'

/** Counts by upper bound; not cumulative, the last count is for +Inf. */
export interface ClassicBuckets {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/**
 * The classic buckets of an exponential histogram, for text pages, whose bounds are the powers of two from the lowest
 * to the highest value seen, with `0.0` below them when there were zeros.
 *
 * Powers of two because every exponential histogram of scale 0 or finer has them among its bounds: the counts are
 * exact, nothing is interpolated, and the bounds stay where they are when the histogram halves its resolution or its
 * range grows, so that `rate()` over buckets holds. Coarser ones (values apart by more than 2^160) have fewer bounds.
 */
export function toClassicBuckets({ scale, zeroCount, positive, negative }: ExponentialPoint): ClassicBuckets {
  const counts = new Map<number, number>()
  const add = (bound: number, count: number): void => void counts.set(bound, (counts.get(bound) ?? 0) + count)
  const step = 2 ** Math.max(0, -scale)
  const octaves = (side: ExponentialSide, boundOf: (octave: number) => number): void => {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    side.bucketCounts.forEach((count, i) => {
      if (count === 0) return
      const octave = octaveOf(side.offset + i, scale)
      low = Math.min(low, octave)
      high = Math.max(high, octave)
      add(boundOf(octave), count)
    })
    // A bucket between two others is there even if it is empty: a bound that came and went would be a new series.
    for (let octave = low; octave <= high; octave += step) add(boundOf(octave), 0)
  }
  octaves(positive, (octave) => 2 ** (octave + step))
  // A negative bucket holds [-upper, -lower); `le` says -lower, which leaves out a value that is exactly -lower.
  if (negative !== undefined) octaves(negative, (octave) => -(2 ** octave))
  if (zeroCount > 0) add(0, zeroCount)
  const bounds = Array.from(counts.keys())
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const beyond = counts.get(Number.POSITIVE_INFINITY) ?? 0
  return { bounds, counts: [...bounds.map((bound) => counts.get(bound) ?? 0), beyond] }
}

/** The power of two that a bucket lies above: bucket `index` holds values above 2^(index · 2^-scale). */
function octaveOf(index: number, scale: number): number {
  return scale >= 0 ? Math.floor(index / 2 ** scale) : index * 2 ** -scale
}
