import type { ExponentialPoint, Quantile } from './family.js'

/**
 * Quantiles of everything that an exponential histogram has counted: the geometric middle of the bucket in which each
 * lies, so at most half a bucket off.
 *
 * @returns none where nothing was counted
 */
export function quantilesOf(histogram: ExponentialPoint, quantiles: readonly number[]): readonly Quantile[] {
  if (histogram.count === 0) return []
  return quantiles.map((quantile) => ({ quantile, value: valueAt(histogram, quantile * histogram.count) }))
}

/** The value that `rank` of the values are not above. */
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
