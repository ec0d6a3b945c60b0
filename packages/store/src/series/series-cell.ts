import type { ExponentialHistogram } from './exponential-histogram.js'
import type { Cell, Exemplar } from './reading.js'

/** The store's own side of a cell: what readers see as read-only, the instruments write. */
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
  /** Its place in the metric's list of series. */
  index = 0

  constructor(values: readonly (string | undefined)[], data: Float64Array, at: number, startedAtMs: number) {
    this.values = values
    this.data = data
    this.at = at
    this.startedAtMs = startedAtMs
    this.setAtMs = startedAtMs
  }
}

/** Cells of the first chunk and of the largest: few for a metric with few series, and no copying when there are many. */
const FIRST_CHUNK = 4
const LARGEST_CHUNK = 256

/**
 * Numbers of one metric's cells in typed arrays, `stride` a cell. A chunk never moves, so a handle can point into it;
 * a slot that was given back is zero when it is given out again.
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

  /** Takes a cell's slot back. Whoever still holds the cell reads zeros from it, never another series' numbers. */
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
