import { marksOf, runEnd } from './run-end.js'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const UNICODE = 0x75
/** What ends a run of characters that stand for themselves. */
const SPECIAL = marksOf('"\\')
/** Maximum length of a stored text, in bytes as written. */
export const MAX_TEXT_BYTES = 256

/** Created on first use, so that hosts without TextDecoder, such as jsdom in Jest, can load the package. */
let decoder: TextDecoder | undefined

/**
 * Reads one JSON string that arrives in pieces or has escapes: its text if it is short and selected, otherwise only its
 * length.
 */
export class StringReader {
  /** The length of the string read so far, in UTF-8 bytes, escapes decoded. */
  byteLength = 0
  isOver = false
  #isEscape = false
  /** Remaining hexadecimal digits of `\uXXXX`, and the value of those already read. */
  #digitsLeft = 0
  #codeUnit = 0
  #isAfterHighSurrogate = false
  #hasEscape = false
  /** The bytes of a text as written; undefined where it was not selected or is too long. */
  #raw: number[] | undefined

  /** Starts after the opening quote. */
  begin(keepsText: boolean): void {
    this.byteLength = 0
    this.isOver = false
    this.#isEscape = false
    this.#digitsLeft = 0
    this.#isAfterHighSurrogate = false
    this.#hasEscape = false
    this.#raw = keepsText ? [] : undefined
  }

  /** The text; undefined if it was not selected or is too long. */
  get text(): string | undefined {
    if (this.#raw === undefined) return undefined
    decoder ??= new TextDecoder()
    const text = decoder.decode(Uint8Array.from(this.#raw))
    return this.#hasEscape ? unescaped(text) : text
  }

  /** Reads up to the closing quote or the end of the piece. Returns the index after it. */
  read(bytes: Uint8Array, from: number, to: number): number {
    let next = from
    while (next < to) {
      const byte = bytes[next] ?? 0
      if (this.#digitsLeft > 0) this.#readDigit(byte)
      else if (this.#isEscape) this.#readEscape(byte)
      else if (byte === QUOTE) {
        this.isOver = true
        return next + 1
      } else if (byte === BACKSLASH) {
        this.#isEscape = true
        this.#hasEscape = true
      } else {
        const end = runEnd(bytes, next, to, SPECIAL)
        this.#keep(bytes, next, end)
        this.byteLength += end - next
        this.#isAfterHighSurrogate = false
        next = end
        continue
      }
      this.#keep(bytes, next, next + 1)
      next++
    }
    return next
  }

  #readEscape(byte: number): void {
    this.#isEscape = false
    if (byte === UNICODE) {
      this.#digitsLeft = 4
      this.#codeUnit = 0
      return
    }
    this.byteLength++
    this.#isAfterHighSurrogate = false
  }

  #readDigit(byte: number): void {
    this.#codeUnit = this.#codeUnit * 16 + hexadecimal(byte)
    if (--this.#digitsLeft > 0) return
    const unit = this.#codeUnit
    const isHigh = unit >= 0xd800 && unit < 0xdc00
    const isLow = unit >= 0xdc00 && unit < 0xe000
    // A surrogate pair has 4 bytes; half a pair is written as U+FFFD, which has 3.
    if (isLow && this.#isAfterHighSurrogate) this.byteLength += 1
    else this.byteLength += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3
    this.#isAfterHighSurrogate = isHigh
  }

  #keep(bytes: Uint8Array, from: number, to: number): void {
    if (this.#raw === undefined) return
    if (this.#raw.length + to - from > MAX_TEXT_BYTES) {
      this.#raw = undefined
      return
    }
    for (let i = from; i < to; i++) this.#raw.push(bytes[i] ?? 0)
  }
}

function hexadecimal(byte: number): number {
  return byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57
}

function unescaped(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
