import { cellsByBound } from './cells-by-bound.js'
import type { Series } from './family.js'
import { growthOnGrid } from './growth.js'
import { quantileOf } from './quantile.js'

/** A quantile of several histograms together at each step, over the `seconds` before it; NaN without observations. */
export function quantilesOnGrid(quantile: number, series: readonly Series[], grid: readonly number[], seconds: number) {
  const { bounds, rows } = bucketsOnGrid(series, grid, seconds)
  return Float64Array.from(grid, (_, i) => quantileOf(quantile, { bounds, counts: rows.map((row) => row[i] ?? 0) }))
}

/** Growth of each cumulative bucket before each step. */
export function bucketsOnGrid(series: readonly Series[], grid: readonly number[], seconds: number) {
  const { bounds, cells } = cellsByBound(series)
  return { bounds, rows: cells.map((each) => growthOnGrid(each, grid, seconds)) }
}
