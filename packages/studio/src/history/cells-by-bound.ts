import type { Cell, Series } from './family.js'

/**
 * The cumulative buckets of several histograms at each bound that one of them has, ascending. At a bound that a histogram
 * lacks, its bucket below has the same count.
 */
export function cellsByBound(series: readonly Series[]): {
  readonly bounds: readonly number[]
  readonly cells: readonly (readonly Cell[])[]
} {
  const all = new Set<number>()
  for (const { buckets } of series) for (const { bound } of buckets) all.add(bound)
  const bounds = Float64Array.from(all).sort()
  const cells = Array.from(bounds, (): Cell[] => [])
  for (const { buckets } of series) {
    let next = 0
    for (let i = 0; i < bounds.length; i++) {
      if (buckets[next]?.bound === bounds[i]) next++
      const cell = buckets[next - 1]?.cell
      if (cell !== undefined) cells[i]?.push(cell)
    }
  }
  return { bounds: [...bounds], cells }
}
