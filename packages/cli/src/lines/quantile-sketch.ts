/** Counts values in buckets that grow by 2 %, so that any quantile is exact to 1 % in bounded memory. */
export interface QuantileSketch {
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
  return {
    add(value) {
      total++
      if (value <= 0) zeros++
      else {
        const index = Math.ceil(Math.log(value) / LOG_GROWTH)
        buckets.set(index, (buckets.get(index) ?? 0) + 1)
      }
    },
    quantile(quantile) {
      if (total === 0) return Number.NaN
      let left = Math.ceil(quantile * total) - zeros
      if (left <= 0) return 0
      for (const index of [...buckets.keys()].sort((a, b) => a - b)) {
        left -= buckets.get(index) ?? 0
        // The middle of the bucket has the same relative distance to both ends.
        if (left <= 0) return (2 * GROWTH ** index) / (1 + GROWTH)
      }
      return Number.NaN
    },
  }
}
