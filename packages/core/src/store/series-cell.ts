import type { CellMemory } from './cell-memory.js'
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
  #free: { readonly data: Float64Array; readonly at: number }[] = []
  #memory: CellMemory | undefined
  #chunk: Float64Array
  #used = 0
  #zeros: Float64Array | undefined

  constructor(stride: number, memory: CellMemory | undefined) {
    this.#stride = stride
    this.#memory = memory
    this.#chunk = this.#take(1)
  }

  allocate(): { readonly data: Float64Array; readonly at: number } {
    const reused = this.#free.pop()
    if (reused !== undefined) return reused
    if (this.#used === this.#chunk.length) {
      const cells = Math.min(LARGEST_CHUNK, Math.max(FIRST_CHUNK, (this.#chunk.length / this.#size) * 2))
      this.#chunk = this.#take(cells)
      this.#used = 0
    }
    const slot = { data: this.#chunk, at: this.#used + this.#size - this.#stride }
    this.#used += this.#size
    return slot
  }

  /** Takes a cell's slot back. Whoever still holds the cell reads zeros from it, never another series' numbers. */
  release(cell: SeriesCell): void {
    this.#zeros ??= new Float64Array(this.#stride)
    if (this.#memory !== undefined) cell.data[cell.at - 1] = 0
    cell.data.fill(0, cell.at, cell.at + this.#stride)
    this.#free.push({ data: cell.data, at: cell.at })
    cell.data = this.#zeros
    cell.at = 0
    cell.exponential = undefined
    cell.exemplars = undefined
    cell.removed = true
  }

  /** Moves all cells that there are into other memory, where those to come lie too. */
  move(memory: CellMemory, cells: readonly SeriesCell[]): void {
    this.#memory = memory
    this.#free = []
    this.#chunk = this.#take(Math.min(LARGEST_CHUNK, Math.max(1, cells.length)))
    this.#used = 0
    for (const cell of cells) {
      const { data, at } = this.allocate()
      data.set(cell.data.subarray(cell.at, cell.at + this.#stride), at)
      cell.data = data
      cell.at = at
    }
  }

  /** Numbers of one slot: a cell's, and in lent memory the one before them that marks whose they are. */
  get #size(): number {
    return this.#memory === undefined ? this.#stride : this.#stride + 1
  }

  #take(cells: number): Float64Array {
    const count = cells * this.#size
    return this.#memory === undefined ? new Float64Array(count) : this.#memory.take(count)
  }
}
