import type { Guard } from './source.js'

/** Most bytes that are read in one turn of the event loop: below a millisecond of work, whatever document they belong to. */
export const TURN_BYTES = 65_536
/** Chunks of this size or less are read as they come: an application that gets many in one turn handles each by itself. */
const SMALL_BYTES = 4096

/** Reads what waits, up to so many bytes; returns how many it read. */
export interface WaitingReader {
  read(mostBytes: number): number
  readonly isEmpty: boolean
}

// Taken when the module loads: a test of the application's may replace the timers.
const onNextTurn = globalThis.setImmediate ?? ((fn: () => void) => void setTimeout(fn, 0))

/**
 * Divides the reading of large bodies over turns of the event loop. What a turn has no room for waits, in order, and is read
 * in the turns that follow.
 */
export class ReadingPace {
  readonly #guard: Guard
  readonly #waiting = new Set<WaitingReader>()
  #left = TURN_BYTES
  #isScheduled = false

  constructor(guard: Guard) {
    this.#guard = guard
  }

  /** Whether a chunk may be read now. */
  hasRoom(byteLength: number): boolean {
    if (byteLength <= SMALL_BYTES) return true
    if (byteLength > this.#left) return false
    this.#left -= byteLength
    this.#schedule()
    return true
  }

  /** Has a reader read in a later turn. */
  wait(reader: WaitingReader): void {
    this.#waiting.add(reader)
    this.#schedule()
  }

  /** Reads everything that waits, now. */
  drain(): void {
    for (const reader of this.#waiting) while (!reader.isEmpty) this.#guard(() => void reader.read(TURN_BYTES))
    this.#waiting.clear()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    onNextTurn(() => {
      this.#isScheduled = false
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
