import { quantilesOnGrid } from '../history/distributions-on-grid.js'
import type { Series } from '../history/family.js'
import { withoutGaps } from '../history/gaps.js'
import { growthOnGrid, levelOnGrid } from '../history/growth.js'
import type { Moment } from './moment.js'
import { valueCells } from './select.js'

/** Rate per second at each step of the moment's grid; NaN where the page was not read. */
export function rateSpark(series: readonly Series[], { history, grid, rateSeconds }: Moment): Float64Array {
  const rates = growthOnGrid(valueCells(series), grid, rateSeconds)
  return withoutGaps(history.polls, grid, rateSeconds, rates).map((growth) => growth / rateSeconds)
}

/** Sum of gauges at each step. */
export function levelSpark(series: readonly Series[], { history, grid }: Moment): Float64Array {
  return withoutGaps(history.polls, grid, 0, levelOnGrid(valueCells(series), grid))
}

/** A quantile of histograms at each step; a step without observations repeats the previous one. */
export function quantileSpark(quantile: number, series: readonly Series[], moment: Moment): Float64Array {
  const { history, grid, rateSeconds } = moment
  const values = quantilesOnGrid(quantile, series, grid, rateSeconds)
  for (let i = 1; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = values[i - 1] ?? Number.NaN
  return withoutGaps(history.polls, grid, rateSeconds, values)
}
