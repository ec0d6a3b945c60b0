import { valueText } from './number-text.js'
import { utf8 } from './utf8.js'

/** Bytes of a piece: what a socket and a compressor take at once. */
const PIECE_BYTES = 1 << 16
/** A piece is passed on while there is still room for a series of usual size, so that none is moved to a larger one. */
const FULL_BYTES = PIECE_BYTES - (1 << 12)
/** A piece that is smaller than this is copied out, and its memory used again. */
const COPIED_BYTES = 1 << 14

const ZERO = 0x30

/**
 * The bytes of a page as they are written, piece by piece. Bytes and not strings: every string that is joined is garbage
 * afterwards, and at 50,000 histograms the collector's pauses were longer than the slices between them.
 */
export class PageBytes {
  #bytes: Uint8Array = new Uint8Array(PIECE_BYTES)
  #length = 0

  /** What was written since the last piece. */
  get length(): number {
    return this.#length
  }

  /** Time to take a piece: between two series, never within one. */
  get isFull(): boolean {
    return this.#length >= FULL_BYTES
  }

  /** What was written since the last time; its memory is the caller's. */
  take(): Uint8Array {
    const length = this.#length
    this.#length = 0
    if (length < COPIED_BYTES) return this.#bytes.slice(0, length)
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = new Uint8Array(PIECE_BYTES)
    return taken
  }

  /** What was written since the last time, in exchange for memory that may be written over. */
  swap(memory: Uint8Array | undefined): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    this.#bytes = memory ?? new Uint8Array(PIECE_BYTES)
    return taken
  }

  /** Forgets what was written since there were so many bytes. */
  clear(length = 0): void {
    this.#length = length
  }

  byte(value: number): void {
    if (this.#length === this.#bytes.length) this.#grow(1)
    this.#bytes[this.#length++] = value
  }

  raw(source: Uint8Array): void {
    const { length } = source
    if (this.#length + length > this.#bytes.length) this.#grow(length)
    this.#bytes.set(source, this.#length)
    this.#length += length
  }

  text(text: string): void {
    const { length } = text
    if (this.#length + length > this.#bytes.length) this.#grow(length)
    const bytes = this.#bytes
    const at = this.#length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) {
        this.#encode(text)
        return
      }
      bytes[at + i] = code
    }
    this.#length = at + length
  }

  /** What stands at `from` once more; `from` is a `length` of before, of the same piece. */
  again(from: number, length: number): void {
    if (this.#length + length > this.#bytes.length) this.#grow(length)
    this.#bytes.copyWithin(this.#length, from, from + length)
    this.#length += length
  }

  /** A sample's value, in the shortest form that reads back the same. */
  number(value: number): void {
    if (value >= 0 && value === (value | 0)) this.#digits(value | 0)
    else this.text(valueText(value))
  }

  #digits(value: number): void {
    if (value < 10) {
      this.byte(ZERO + value)
      return
    }
    if (this.#length + 10 > this.#bytes.length) this.#grow(10)
    const bytes = this.#bytes
    let end = this.#length + 1
    for (let power = 10; power <= value; power *= 10) end++
    this.#length = end
    for (let rest = value; rest > 0; ) {
      const next = (rest / 10) | 0
      bytes[--end] = ZERO + (rest - next * 10)
      rest = next
    }
  }

  #encode(text: string): void {
    this.#grow(text.length * 3)
    this.#length += utf8().encodeInto(text, this.#bytes.subarray(this.#length)).written
  }

  #grow(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, needed))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
  }
}

const spare: PageBytes[] = []

/**
 * Lends bytes to write into. Two are always kept: with none alive, a full collection of garbage would take the shape of
 * the class with it, and every function that V8 has optimised for it.
 */
export function borrowBytes(): PageBytes {
  return spare.pop() ?? new PageBytes()
}

export function giveBack(bytes: PageBytes): void {
  bytes.clear()
  if (spare.length < 2) spare.push(bytes)
}
