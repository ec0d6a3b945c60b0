import type { ExponentialPoint, Quantile } from './family.js'

/**
 * Estimates quantiles of an exponential histogram as the geometric middle of their bucket, so that the error is at most
 * half a bucket.
 *
 * @returns an empty list for an empty histogram
 */
export function quantilesOf(histogram: ExponentialPoint, quantiles: readonly number[]): readonly Quantile[] {
  if (histogram.count === 0) return []
  return quantiles.map((quantile) => ({ quantile, value: valueAt(histogram, quantile * histogram.count) }))
}

/** The smallest value that is not below `rank` of the values. */
function valueAt({ scale, zeroCount, positive }: ExponentialPoint, rank: number): number {
  let seen = zeroCount
  if (rank <= seen) return 0
  let last = 0
  const { offset, bucketCounts } = positive
  for (let i = 0; i < bucketCounts.length; i++) {
    const count = bucketCounts[i] ?? 0
    if (count === 0) continue
    seen += count
    last = 2 ** ((offset + i + 0.5) / 2 ** scale)
    if (rank <= seen) break
  }
  return last
}
