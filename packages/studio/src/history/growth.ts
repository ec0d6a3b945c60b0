import type { Cell } from './family.js'
import { valueAt } from './track.js'

/** The time span of a figure; undefined means since the application started. */
export interface Span {
  /** Seconds since the epoch. */
  readonly from: number
  readonly to: number
}

/** Returns the growth of a cumulative cell in a span; without a span, the number on the page. */
export function growthOf(cell: Cell | undefined, span: Span | undefined): number {
  if (cell === undefined) return 0
  if (span === undefined) return cell.isGone || Number.isNaN(cell.last) ? 0 : cell.last
  return (valueAt(cell.track, span.to) ?? 0) - (valueAt(cell.track, span.from) ?? 0)
}

/** The increase of several cells together at each step of a grid, each over the `windowSeconds` before the step. */
export function growthOnGrid(cells: readonly Cell[], grid: readonly number[], windowSeconds: number): Float64Array {
  const result = new Float64Array(grid.length)
  for (const { track } of cells) {
    const { times, values } = track
    if (times.length < 2) continue
    let start = 0
    let end = 0
    for (let i = 0; i < grid.length; i++) {
      const to = grid[i] ?? 0
      const from = to - windowSeconds
      while (start < times.length && (times[start] ?? 0) <= from) start++
      while (end < times.length && (times[end] ?? 0) <= to) end++
      if (end > start) result[i] = (result[i] ?? 0) + (values[end - 1] ?? 0) - (values[Math.max(0, start - 1)] ?? 0)
    }
  }
  return result
}

/** Returns the sum of several gauges at each step of a grid; NaN where all are absent. */
export function levelOnGrid(cells: readonly Cell[], grid: readonly number[]): Float64Array {
  const result = new Float64Array(grid.length).fill(Number.NaN)
  for (const { track } of cells) {
    const { times, values } = track
    let next = 0
    for (let i = 0; i < grid.length; i++) {
      while (next < times.length && (times[next] ?? 0) <= (grid[i] ?? 0)) next++
      const value = values[next - 1]
      if (value === undefined || Number.isNaN(value)) continue
      result[i] = Number.isNaN(result[i]) ? value : (result[i] ?? 0) + value
    }
  }
  return result
}
