import type { ExponentialPoint, ExponentialSide } from '../families/family.js'

/** Counts by upper bound, not cumulative; the last count is for +Inf. */
export interface ClassicBuckets {
  readonly bounds: readonly number[]
  readonly counts: readonly number[]
}

/**
 * Converts an exponential histogram to classic buckets for text pages. The bounds are the powers of two from the lowest
 * to the highest observed value, with `0.0` below them for zeros.
 *
 * Every exponential histogram of scale 0 or finer has the powers of two among its bounds. The counts are therefore
 * exact, and the bounds stay the same when the histogram halves its resolution or extends its range, so that `rate()`
 * over buckets is correct. Coarser histograms (values that differ by more than 2^160) have fewer bounds.
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
    // Empty buckets between others are kept: a bound that comes and goes would create new series.
    for (let octave = low; octave <= high; octave += step) add(boundOf(octave), 0)
  }
  octaves(positive, (octave) => 2 ** (octave + step))
  // A negative bucket holds [-upper, -lower); `le` is -lower, which excludes a value of exactly -lower.
  if (negative !== undefined) octaves(negative, (octave) => -(2 ** octave))
  if (zeroCount > 0) add(0, zeroCount)
  const bounds = Array.from(counts.keys())
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  const beyond = counts.get(Number.POSITIVE_INFINITY) ?? 0
  return { bounds, counts: [...bounds.map((bound) => counts.get(bound) ?? 0), beyond] }
}

/** The power of two below a bucket: bucket `index` holds values above 2^(index · 2^-scale). */
function octaveOf(index: number, scale: number): number {
  return scale >= 0 ? Math.floor(index / 2 ** scale) : index * 2 ** -scale
}
