import { quantilesOnGrid } from '../history/distributions-on-grid.js'
import type { Family, Series } from '../history/family.js'
import { withoutGaps } from '../history/gaps.js'
import { growthOnGrid, levelOnGrid } from '../history/growth.js'
import type { Moment } from './moment.js'
import type { Reading } from './promql.js'
import { type Group, groupBy, valueCells } from './select.js'

/** One line of a chart. */
export interface ChartLine {
  readonly label: string
  readonly values: Float64Array
}

/** The lines of a family's chart, the largest first, and the number of omitted lines. */
export interface ChartData {
  readonly grid: readonly number[]
  readonly lines: readonly ChartLine[]
  readonly more: number
}

/** Maximum number of distinguishable lines of a chart. */
const MOST_LINES = 8
const STEPS = 160

/** The times of a chart: since the first poll, or within the chosen window. */
export function chartGrid({ history, now, span }: Moment): readonly number[] {
  const first = history.polls[0] ?? now
  const seconds = Math.max(60, span === undefined ? now - first : Math.min(span.to - span.from, now - first))
  return Array.from({ length: STEPS }, (_, i) => now - ((STEPS - 1 - i) * seconds) / STEPS)
}

/** Reads a family over time, split by labels. */
export function chartData(family: Family, reading: Reading, labels: readonly string[], moment: Moment): ChartData {
  const grid = chartGrid(moment)
  const groups = groupBy(family, labels)
  const lines = groups
    .map(
      (group): ChartLine => ({ label: labelOf(group, labels), values: readGroup(group.series, reading, grid, moment) }),
    )
    .sort((a, b) => peakOf(b.values) - peakOf(a.values))
  return { grid, lines: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) }
}

/** Seconds of growth behind each point of a chart. */
export function rateSecondsOf(grid: readonly number[]): number {
  return Math.max(15, ((grid[1] ?? 0) - (grid[0] ?? 0)) * 2)
}

function labelOf({ values }: Group, labels: readonly string[]): string {
  return labels.length === 0 ? 'total' : values.map((value) => (value === '' ? '(none)' : value)).join(' · ')
}

function readGroup(
  series: readonly Series[],
  reading: Reading,
  grid: readonly number[],
  { history }: Moment,
): Float64Array {
  const seconds = rateSecondsOf(grid)
  const finish = (values: Float64Array): Float64Array => withoutGaps(history.polls, grid, seconds, values)
  const grown = () => growthOnGrid(valueCells(series), grid, seconds)
  switch (reading) {
    case 'value':
      return withoutGaps(history.polls, grid, 0, levelOnGrid(valueCells(series), grid))
    case 'rate':
      return finish(grown().map((growth) => growth / seconds))
    case 'increase':
      return finish(grown())
    case 'mean': {
      const counts = grown()
      const sums = growthOnGrid(
        series.flatMap(({ sum }) => sum ?? []),
        grid,
        seconds,
      )
      return finish(sums.map((sum, i) => (counts[i] === 0 ? Number.NaN : sum / (counts[i] ?? 1))))
    }
    default:
      return finish(quantilesOnGrid(Number(reading.slice(1)) / 100, series, grid, seconds))
  }
}

function peakOf(values: Float64Array): number {
  let peak = 0
  for (const value of values) if (value > peak) peak = value
  return peak
}
