import { marksOf, runEnd } from './run-end.js'

const SPACE = 0x20
const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const BACKSLASH = 0x5c
/** What matters in an array or object: brackets are balanced, so that one kind is enough to find its end. */
const ARRAY = marksOf(']"[')
const OBJECT = marksOf('}"{')
const STRUCTURE = marksOf(']"[{}')
const STRING = marksOf('"\\')

/** Skips an object or array that arrives in pieces, and counts its elements. */
export class SkippedContainer {
  isOver = false
  #isInString = false
  #isEscape = false
  #isCounted = false
  #commas = 0
  #isEmpty = true
  /** Open brackets of the container that is searched for its end: this one, or an element if elements are counted. */
  #depth = 0
  #marks = ARRAY

  /** Number of elements of an array; if they are not counted, 1 instead of any number. */
  get count(): number {
    return this.#isEmpty ? 0 : this.#commas + 1
  }

  /** Starts after the opening bracket. */
  begin(isArray: boolean, isCounted: boolean): void {
    this.isOver = false
    this.#isInString = false
    this.#isEscape = false
    this.#isCounted = isCounted && isArray
    this.#commas = 0
    this.#isEmpty = true
    this.#depth = this.#isCounted ? 0 : 1
    this.#marks = isArray ? ARRAY : OBJECT
  }

  /** Reads up to the closing bracket or the end of the piece. Returns the index after it. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let next = this.#isEmpty ? this.#skipSpace(bytes, from, to) : from
    while (next < to && !this.isOver) {
      if (this.#isInString) next = this.#readString(bytes, next, to)
      else if (this.#depth === 0) next = this.#countElements(bytes, next, to)
      else next = this.#readMark(bytes, runEnd(bytes, next, to, this.#marks), to)
    }
    return next
  }

  #skipSpace(bytes: Uint8Array, from: number, to: number): number {
    let next = from
    while (next < to && (bytes[next] ?? 0) <= SPACE) next++
    this.#isEmpty = next === to || bytes[next] === CLOSE_ARRAY || bytes[next] === CLOSE_OBJECT
    return next
  }

  #countElements(bytes: Uint8Array, from: number, to: number): number {
    let next = from
    let commas = 0
    while (next < to) {
      const byte = bytes[next] ?? 0
      if (byte === COMMA) commas++
      else if (STRUCTURE.table[byte] === 1) break
      next++
    }
    this.#commas += commas
    return this.#readMark(bytes, next, to)
  }

  #readMark(bytes: Uint8Array, at: number, to: number): number {
    if (at >= to) return to
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) this.#isInString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (this.#depth++ === 0) this.#marks = byte === OPEN_ARRAY ? ARRAY : OBJECT
    }
    // The end of a counted element is not that of the container.
    else if (this.#depth === 0 || (--this.#depth === 0 && !this.#isCounted)) this.isOver = true
    return at + 1
  }

  #readString(bytes: Uint8Array, from: number, to: number): number {
    if (this.#isEscape) {
      this.#isEscape = false
      return from + 1
    }
    const end = runEnd(bytes, from, to, STRING)
    if (end === to) return to
    this.#isEscape = bytes[end] === BACKSLASH
    this.#isInString = this.#isEscape
    return end + 1
  }
}
