import { valueText } from './number-text.js'
import { utf8 } from './utf8.js'

/** Size of a piece, which a socket and a compressor process at once. */
const PIECE_BYTES = 1 << 16
/** A piece is flushed while it still has room for a typical series, so that no series needs a larger buffer. */
const FULL_BYTES = PIECE_BYTES - (1 << 12)
/** Smaller pieces are copied, so that their memory can be reused. */
const COPIED_BYTES = 1 << 14

const ZERO = 0x30

/**
 * The bytes of a page in progress, piece by piece. Bytes and not strings: joined strings become garbage, and with
 * 50,000 histograms the pauses of the garbage collector were longer than the slices between them.
 */
export class PageBytes {
  #bytes: Uint8Array = new Uint8Array(PIECE_BYTES)
  #length = 0

  /** Number of bytes since the last piece. */
  get length(): number {
    return this.#length
  }

  /** Whether to flush. Checked between two series, never within one. */
  get isFull(): boolean {
    return this.#length >= FULL_BYTES
  }

  /** Returns the bytes since the last call. The caller owns their memory. */
  take(): Uint8Array {
    const length = this.#length
    this.#length = 0
    if (length < COPIED_BYTES) return this.#bytes.slice(0, length)
    const taken = this.#bytes.subarray(0, length)
    this.#bytes = new Uint8Array(PIECE_BYTES)
    return taken
  }

  /** Returns the bytes since the last call in exchange for memory that can be overwritten. */
  swap(memory: Uint8Array | undefined): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length)
    this.#length = 0
    this.#bytes = memory ?? new Uint8Array(PIECE_BYTES)
    return taken
  }

  /** Discards all bytes after the first `length`. */
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

  /** Appends the bytes at `from` again; `from` is an earlier `length` within the same piece. */
  again(from: number, length: number): void {
    if (this.#length + length > this.#bytes.length) this.#grow(length)
    this.#bytes.copyWithin(this.#length, from, from + length)
    this.#length += length
  }

  /** Appends a sample's value in the shortest form that parses to the same number. */
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
 * Lends a buffer. Two are always kept: with no instance alive, a full garbage collection would discard the shape of the
 * class, and with it all functions that V8 has optimised for it.
 */
export function borrowBytes(): PageBytes {
  return spare.pop() ?? new PageBytes()
}

export function giveBack(bytes: PageBytes): void {
  bytes.clear()
  if (spare.length < 2) spare.push(bytes)
}
