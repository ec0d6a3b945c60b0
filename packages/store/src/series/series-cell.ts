import type { ExponentialHistogram } from './exponential-histogram.js'
import type { Cell, Exemplar } from './reading.js'

/** The store's side of a cell: the instruments write the properties that readers see as read-only. */
export class SeriesCell implements Cell {
  readonly values: readonly (string | undefined)[]
  data: Float64Array
  at: number
  readonly startedAtMs: number
  setAtMs: number
  exponential: ExponentialHistogram | undefined = undefined
  exemplars: (Exemplar | undefined)[] | undefined = undefined
  removed = false
  pageText: string | undefined = undefined
  attributes: Readonly<Record<string, string>> | undefined = undefined
  /** Its index in the metric's list of series. */
  index = 0

  constructor(values: readonly (string | undefined)[], data: Float64Array, at: number, startedAtMs: number) {
    this.values = values
    this.data = data
    this.at = at
    this.startedAtMs = startedAtMs
    this.setAtMs = startedAtMs
  }
}

/** Number of cells in the first and in the largest chunk: little memory for few series, and no copying for many. */
const FIRST_CHUNK = 4
const LARGEST_CHUNK = 256

/**
 * Numbers of one metric's cells in typed arrays, `stride` per cell. A chunk never moves, so that a handle can point
 * into it. A released slot is zero when it is used again.
 */
export class CellStorage {
  readonly #stride: number
  readonly #free: { readonly data: Float64Array; readonly at: number }[] = []
  #chunk: Float64Array
  #used = 0
  #zeros: Float64Array | undefined

  constructor(stride: number) {
    this.#stride = stride
    this.#chunk = new Float64Array(stride)
  }

  allocate(): { readonly data: Float64Array; readonly at: number } {
    const reused = this.#free.pop()
    if (reused !== undefined) return reused
    if (this.#used === this.#chunk.length) {
      const cells = Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, (this.#chunk.length / this.#stride) * 2))
      this.#chunk = new Float64Array(cells * this.#stride)
      this.#used = 0
    }
    const slot = { data: this.#chunk, at: this.#used }
    this.#used += this.#stride
    return slot
  }

  /** Releases a cell's slot. Code that still holds the cell reads zeros, never the numbers of another series. */
  release(cell: SeriesCell): void {
    this.#zeros ??= new Float64Array(this.#stride)
    cell.data.fill(0, cell.at, cell.at + this.#stride)
    this.#free.push({ data: cell.data, at: cell.at })
    cell.data = this.#zeros
    cell.at = 0
    cell.exponential = undefined
    cell.exemplars = undefined
    cell.removed = true
  }
}
