/** Counts values in buckets that grow by 2 %, so that any quantile is exact to 1 % in bounded memory. */
export interface QuantileSketch {
  /** The largest value; -Infinity for an empty sketch. */
  readonly max: number
  add(value: number): void
  /** Returns a quantile (0 to 1); NaN for an empty sketch. */
  quantile(quantile: number): number
}

const GROWTH = 1.02
const LOG_GROWTH = Math.log(GROWTH)

export function createQuantileSketch(): QuantileSketch {
  const buckets = new Map<number, number>()
  let zeros = 0
  let total = 0
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  return {
    get max() {
      return max
    },
    add(value) {
      total++
      min = Math.min(min, value)
      max = Math.max(max, value)
      if (value <= 0) zeros++
      else {
        const index = Math.ceil(Math.log(value) / LOG_GROWTH)
        buckets.set(index, (buckets.get(index) ?? 0) + 1)
      }
    },
    quantile(quantile) {
      if (total === 0) return Number.NaN
      let left = Math.ceil(quantile * total) - zeros
      if (left <= 0) return Math.min(max, 0)
      for (const index of [...buckets.keys()].sort((a, b) => a - b)) {
        left -= buckets.get(index) ?? 0
        // The middle of the bucket has the same relative distance to both ends; no quantile is outside the values.
        if (left <= 0) return Math.min(max, Math.max(min, (2 * GROWTH ** index) / (1 + GROWTH)))
      }
      return Number.NaN
    },
  }
}
