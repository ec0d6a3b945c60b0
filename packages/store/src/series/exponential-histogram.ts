import type { ExponentialBuckets } from './reading.js'

/** The data model's default: enough for 5 % error over six orders of magnitude. */
const MAX_BUCKETS = 160
const MAX_SCALE = 20

/**
 * A base-2 exponential histogram of positive values (OpenTelemetry metrics data model, "ExponentialHistogram"): bucket
 * `i` holds values in (base^i, base^(i+1)], base = 2^(2^-scale). It starts at a fine resolution, which is halved
 * whenever the values span more than 160 buckets.
 */
export class ExponentialHistogram implements ExponentialBuckets {
  scale = MAX_SCALE
  sum = 0
  count = 0
  zeroCount = 0
  positive: { offset: number; bucketCounts: number[] } = { offset: 0, bucketCounts: [] }

  /** @param value finite and not negative */
  record(value: number): void {
    this.count++
    this.sum += value
    if (value === 0) this.zeroCount++
    else this.#increment(value)
  }

  #increment(value: number): void {
    let index = bucketIndex(value, this.scale)
    const counts = this.positive.bucketCounts
    if (counts.length === 0) this.positive.offset = index
    const { offset } = this.positive
    let low = Math.min(offset, index)
    let high = Math.max(offset + counts.length - 1, index)
    let shift = 0
    while (high - low >= MAX_BUCKETS) {
      low >>= 1
      high >>= 1
      shift++
    }
    if (shift > 0) {
      this.#downscale(shift)
      index = bucketIndex(value, this.scale)
    }
    this.#countAt(index)
  }

  #countAt(index: number): void {
    const { positive } = this
    const counts = positive.bucketCounts
    while (index < positive.offset) {
      counts.unshift(0)
      positive.offset--
    }
    while (index >= positive.offset + counts.length) counts.push(0)
    const at = index - positive.offset
    counts[at] = (counts[at] ?? 0) + 1
  }

  #downscale(shift: number): void {
    const { offset, bucketCounts } = this.positive
    const merged: number[] = []
    const first = offset >> shift
    bucketCounts.forEach((count, i) => {
      const at = ((offset + i) >> shift) - first
      while (merged.length <= at) merged.push(0)
      merged[at] = (merged[at] ?? 0) + count
    })
    this.scale -= shift
    this.positive = { offset: first, bucketCounts: merged }
  }
}

function bucketIndex(value: number, scale: number): number {
  const index = Math.ceil(Math.log2(value) * 2 ** scale) - 1
  // Logarithms are inexact at the bounds, which include powers of two: check whether the value belongs to an adjacent
  // bucket.
  if (value <= lowerBound(index, scale)) return index - 1
  if (value > lowerBound(index + 1, scale)) return index + 1
  return index
}

/** The lower bound of bucket `index`. */
export function lowerBound(index: number, scale: number): number {
  return 2 ** (index / 2 ** scale)
}
