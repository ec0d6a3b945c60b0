import type { Guard } from './guarded.js'

/** Maximum number of bytes read per turn of the event loop: less than a millisecond of work for any document. */
export const TURN_BYTES = 65_536
/** Chunks up to this size are read at once: an application that receives many in one turn handles each itself. */
const SMALL_BYTES = 4096
/** After this time without the next turn, it is lost: a Worker ends the turns of a request with the request. */
const LOST_MS = 1000

/** Reads waiting data, up to a number of bytes. Returns the number of bytes read. */
export interface WaitingReader {
  read(mostBytes: number): number
  readonly isEmpty: boolean
}

// Captured when the module loads, because a test of the application may replace the timers.
const onNextTurn = globalThis.setImmediate ?? ((fn: () => void) => void setTimeout(fn, 0))

/**
 * Divides the reading of large bodies over turns of the event loop. Data that exceed the limit of a turn wait, in
 * order, for the following turns.
 */
export class ReadingPace {
  readonly #guard: Guard
  readonly #waiting = new Set<WaitingReader>()
  #left = TURN_BYTES
  #scheduledMs = Number.NEGATIVE_INFINITY

  constructor(guard: Guard) {
    this.#guard = guard
  }

  /** Returns whether a chunk may be read now. */
  hasRoom(byteLength: number): boolean {
    if (byteLength <= SMALL_BYTES) return true
    if (byteLength > this.#left) return false
    this.#left -= byteLength
    this.#schedule()
    return true
  }

  /** Schedules a reader for a later turn. */
  wait(reader: WaitingReader): void {
    this.#waiting.add(reader)
    this.#schedule()
  }

  /** Reads all waiting data now. */
  drain(): void {
    for (const reader of this.#waiting) while (!reader.isEmpty) this.#guard(() => void reader.read(TURN_BYTES))
    this.#waiting.clear()
  }

  #schedule(): void {
    const nowMs = performance.now()
    if (nowMs - this.#scheduledMs < LOST_MS) return
    this.#scheduledMs = nowMs
    onNextTurn(() => {
      this.#scheduledMs = Number.NEGATIVE_INFINITY
      this.#left = TURN_BYTES
      this.#readTurn()
    })
  }

  #readTurn(): void {
    for (const reader of this.#waiting) {
      this.#guard(() => {
        this.#left -= reader.read(this.#left)
      })
      if (reader.isEmpty) this.#waiting.delete(reader)
      if (this.#left <= 0) break
    }
    if (this.#waiting.size > 0) this.#schedule()
  }
}
