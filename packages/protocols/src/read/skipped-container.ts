import { StringReader } from './string-reader.js'

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Skips an object or array that arrives in pieces, and counts its elements. */
export class SkippedContainer {
  readonly #string = new StringReader()
  #isInString = false
  #depth = 1
  #commas = 0
  #hasValue = false

  get isOver(): boolean {
    return this.#depth === 0
  }

  /** Number of elements of an array. */
  get count(): number {
    return this.#hasValue ? this.#commas + 1 : 0
  }

  /** Starts after the opening bracket. */
  begin(): void {
    this.#isInString = false
    this.#depth = 1
    this.#commas = 0
    this.#hasValue = false
  }

  /** Reads up to the closing bracket or the end of the piece. Returns the index after it. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let next = from
    while (next < to) {
      if (this.#isInString) {
        next = this.#string.read(bytes, next, to)
        this.#isInString = !this.#string.isOver
        continue
      }
      const byte = bytes[next++] ?? 0
      if (byte <= SPACE) continue
      if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        if (--this.#depth === 0) return next
        continue
      }
      this.#hasValue = true
      if (byte === COMMA) {
        if (this.#depth === 1) this.#commas++
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#depth++
      else if (byte === QUOTE) {
        this.#string.begin(false)
        this.#isInString = true
      }
    }
    return next
  }
}
