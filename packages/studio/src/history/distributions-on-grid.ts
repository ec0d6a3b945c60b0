import type { Cell, Series } from './family.js'
import { growthOnGrid } from './growth.js'
import { quantileOf } from './quantile.js'

/** A quantile of several histograms together at each step, over the `seconds` before it; NaN without observations. */
export function quantilesOnGrid(quantile: number, series: readonly Series[], grid: readonly number[], seconds: number) {
  const { bounds, rows } = bucketsOnGrid(series, grid, seconds)
  return Float64Array.from(grid, (_, i) => quantileOf(quantile, { bounds, counts: rows.map((row) => row[i] ?? 0) }))
}

/** Growth of each cumulative bucket before each step. */
export function bucketsOnGrid(series: readonly Series[], grid: readonly number[], seconds: number) {
  const cells = new Map<number, Cell[]>()
  for (const { buckets } of series) {
    for (const { bound, cell } of buckets) cells.set(bound, [...(cells.get(bound) ?? []), cell])
  }
  const bounds = [...cells.keys()].sort((a, b) => a - b)
  const rows = bounds.map((bound) => growthOnGrid(cells.get(bound) ?? [], grid, seconds))
  return { bounds, rows }
}
