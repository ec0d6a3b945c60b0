import type { MetricSeries } from './metric-series.js'
import type { SeriesCell } from './series-cell.js'

/** One series of a metric, bound: what the handles of every kind share. */
export abstract class SeriesHandle<S extends MetricSeries> {
  protected readonly series: S
  #cell: SeriesCell | undefined

  /** @param cell of the labels; undefined where they were none, so that whatever is recorded is counted as dropped */
  constructor(series: S, cell: SeriesCell | undefined) {
    this.series = series
    this.#cell = cell
  }

  /** The series as it is now: another one when the first was removed; undefined when there is none. */
  protected live(): SeriesCell | undefined {
    const cell = this.#cell
    if (cell === undefined) this.series.unbound()
    else if (cell.removed) this.#cell = this.series.revive(cell.values)
    return this.#cell
  }
}
