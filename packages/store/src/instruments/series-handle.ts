import type { SeriesCell } from '../series/series-cell.js'
import type { StoredInstrument } from './stored-instrument.js'

/** One series of an instrument, bound: what the handles of every kind share. */
export abstract class SeriesHandle<I extends StoredInstrument> {
  protected readonly instrument: I
  #cell: SeriesCell | undefined
  #values: readonly (string | undefined)[] | undefined

  /**
   * @param cell of the labels; undefined where they were invalid or their series is left out
   * @param values of a series that is left out; without them and without a cell, all that is recorded is counted as dropped
   */
  constructor(instrument: I, cell: SeriesCell | undefined, values: readonly (string | undefined)[] | undefined) {
    this.instrument = instrument
    this.#cell = cell
    this.#values = values
  }

  /** The series as it is now: another one when the first was removed; undefined when there is none for this value. */
  protected live(value: number): SeriesCell | undefined {
    const cell = this.#cell
    return cell !== undefined && !cell.removed ? cell : this.#revive(value)
  }

  // Apart, so that `live` is short enough for V8 to inline.
  #revive(value: number): SeriesCell | undefined {
    this.#values = this.#cell?.values ?? this.#values
    if (this.#values === undefined) this.instrument.unbound()
    else this.#cell = this.instrument.revive(this.#values, value)
    return this.#cell
  }
}
