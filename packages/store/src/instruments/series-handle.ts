import type { SeriesCell } from '../series/series-cell.js'
import type { StoredInstrument } from './stored-instrument.js'

/** A handle on one series of an instrument, the base of the handles of all kinds. */
export abstract class SeriesHandle<I extends StoredInstrument> {
  protected readonly instrument: I
  #cell: SeriesCell | undefined
  #values: readonly (string | undefined)[] | undefined

  /**
   * @param cell cell of the labels; undefined for invalid labels or a series that is left out
   * @param values values of a series that is left out; without them and without a cell, all recordings are counted as
   * dropped
   */
  constructor(instrument: I, cell: SeriesCell | undefined, values: readonly (string | undefined)[] | undefined) {
    this.instrument = instrument
    this.#cell = cell
    this.#values = values
  }

  /**
   * Returns the current cell. After a removal, the next recorded value creates a new one. Undefined if this value
   * creates none.
   */
  protected live(value: number): SeriesCell | undefined {
    const cell = this.#cell
    return cell !== undefined && !cell.removed ? cell : this.#revive(value)
  }

  // Separate, so that `live` is short enough for V8 to inline.
  #revive(value: number): SeriesCell | undefined {
    this.#values = this.#cell?.values ?? this.#values
    if (this.#values === undefined) this.instrument.unbound()
    else this.#cell = this.instrument.revive(this.#values, value)
    return this.#cell
  }
}
