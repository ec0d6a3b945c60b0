import { isRemovedBy, type Removal } from './reading.js'
import type { SeriesCell } from './series-cell.js'

type Values = (string | undefined)[]

/** Maximum number of series that are counted as left out, which bounds memory. */
const MAX_LEFT_OUT = 10_000

/** Interface to the series of one instrument. */
export interface RankedSeries {
  readonly labelNames: readonly string[]
  /** Whether values are added up, as a counter does, or replace each other. */
  readonly adds: boolean
  cells(): readonly SeriesCell[]
  /** Returns whether a series of these values exceeds the budget. */
  isOver(values: Values): boolean
  /** Returns whether a series uses the budget. */
  counts(values: readonly (string | undefined)[]): boolean
  create(values: Values): SeriesCell
  remove(cell: SeriesCell): void
  /** Receives the number of series that are left out. */
  onChange(count: number): void
}

interface LeftOut {
  readonly values: readonly (string | undefined)[]
  sum: number
}

/**
 * Keeps the largest series of an instrument within its budget. Over the budget, a series replaces the smallest one, or is
 * left out while it is smaller. Values of a counter that are left out are added up, and become the first value of its series
 * when it is kept; a replaced series starts again from 0.
 */
export class LargestSeries {
  readonly #series: RankedSeries
  readonly #leftOut = new Map<string, LeftOut>()

  constructor(series: RankedSeries) {
    this.#series = series
  }

  /** Creates a series for a value; undefined if it is left out. */
  admit(values: Values, value: number): SeriesCell | undefined {
    const key = JSON.stringify(values)
    const before = this.#series.adds ? (this.#leftOut.get(key)?.sum ?? 0) : 0
    if (this.#series.isOver(values) && !this.#makePlace(values, before + value)) {
      this.#leave(key, values, before + value)
      return undefined
    }
    if (this.#leftOut.delete(key)) this.#report()
    const cell = this.#series.create(values)
    if (before > 0) cell.data[cell.at] = before
    return cell
  }

  /** Drops the left-out series that a removal selects. */
  remove(removal: Removal): void {
    const before = this.#leftOut.size
    for (const [key, { values }] of this.#leftOut) {
      if (isRemovedBy(removal, this.#series.labelNames, values)) this.#leftOut.delete(key)
    }
    if (this.#leftOut.size !== before) this.#report()
  }

  /** Removes the smallest series when the amount is greater; returns whether a series of these values has a place. */
  #makePlace(values: Values, amount: number): boolean {
    const smallest = this.#smallest()
    if (smallest === undefined || amount <= amountOf(smallest)) return false
    const { values: evicted } = smallest
    this.#series.remove(smallest)
    this.#leave(JSON.stringify(evicted), evicted, 0)
    // The removed series used the budget of another label.
    return !this.#series.isOver(values)
  }

  #leave(key: string, values: readonly (string | undefined)[], sum: number): void {
    const known = this.#leftOut.get(key)
    if (known !== undefined) known.sum = sum
    else if (this.#leftOut.size < MAX_LEFT_OUT) {
      this.#leftOut.set(key, { values: [...values], sum })
      this.#report()
    }
  }

  #report(): void {
    this.#series.onChange(this.#leftOut.size)
  }

  #smallest(): SeriesCell | undefined {
    let smallest: SeriesCell | undefined
    for (const cell of this.#series.cells()) {
      const isSmaller = smallest === undefined || amountOf(cell) < amountOf(smallest)
      if (isSmaller && this.#series.counts(cell.values)) smallest = cell
    }
    return smallest
  }
}

function amountOf(cell: SeriesCell): number {
  return cell.data[cell.at] ?? 0
}
