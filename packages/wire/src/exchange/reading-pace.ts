import type { Guard } from './guarded.js'

/** Maximum number of bytes read at once. */
export const SLICE_BYTES = 65_536
/**
 * Time after which a turn of the event loop reads no further slice. A slice takes 10 µs if most of it is numbers or long
 * strings, and 0.2 ms if it has only short strings: a turn takes less than a millisecond for any document.
 */
const TURN_MS = 0.5
/** Chunks up to this size are read at once: an application that receives many in one turn handles each itself. */
const SMALL_BYTES = 4096
/** After this time without the next turn, it is lost: a Worker ends the turns of a request with the request. */
const LOST_MS = 1000

/** Has data that were not read yet. */
export interface WaitingReader {
  /** Reads data, up to a number of bytes. */
  read(mostBytes: number): void
  readonly isEmpty: boolean
}

// Captured when the module loads, because a test of the application may replace the timers.
const onNextTurn = globalThis.setImmediate ?? ((fn: () => void) => void setTimeout(fn, 0))

/**
 * Divides the reading of large bodies over turns of the event loop. What a turn has no time for waits, in order, for the
 * following turns. Readers that wait take turns slice by slice.
 */
export class ReadingPace {
  readonly #guard: Guard
  readonly #waiting = new Set<WaitingReader>()
  #spentMs = 0
  #scheduledMs = Number.NEGATIVE_INFINITY

  constructor(guard: Guard) {
    this.#guard = guard
  }

  /** Returns whether a chunk is read at once, for any number of bytes that this turn has read before. */
  isSmall(byteLength: number): boolean {
    return byteLength <= SMALL_BYTES
  }

  /** Reads as much of a reader's data as this turn has time for, and the rest in later turns. */
  read(reader: WaitingReader): void {
    this.#waiting.add(reader)
    this.#schedule()
    this.#readTurn()
  }

  /** Reads all waiting data now. */
  drain(): void {
    for (const reader of this.#waiting) while (!reader.isEmpty) this.#readSlice(reader)
    this.#waiting.clear()
  }

  #schedule(): void {
    const nowMs = performance.now()
    if (nowMs - this.#scheduledMs < LOST_MS) return
    this.#scheduledMs = nowMs
    onNextTurn(() => {
      this.#scheduledMs = Number.NEGATIVE_INFINITY
      this.#spentMs = 0
      this.#readTurn()
      if (this.#waiting.size > 0) this.#schedule()
    })
  }

  #readTurn(): void {
    for (const reader of this.#waiting) {
      if (this.#spentMs >= TURN_MS) return
      this.#readSlice(reader)
      this.#waiting.delete(reader)
      // The last one of the set, so that this loop comes back to it.
      if (!reader.isEmpty) this.#waiting.add(reader)
    }
  }

  #readSlice(reader: WaitingReader): void {
    const startedMs = performance.now()
    this.#guard(() => reader.read(SLICE_BYTES))
    this.#spentMs += performance.now() - startedMs
  }
}
