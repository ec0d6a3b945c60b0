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
export function levelSpark(series: readonly Series[], { history, grid, rateSeconds }: Moment): Float64Array {
  return withoutGaps(history.polls, grid, rateSeconds, levelOnGrid(valueCells(series), grid))
}
