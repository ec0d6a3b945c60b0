const QUOTE = 0x22
const BACKSLASH = 0x5c
const UNICODE = 0x75
/** Maximum length of a stored text, in bytes as written. */
const MAX_TEXT_BYTES = 256
/** Shorter runs are searched byte by byte, which is faster than a call of `indexOf`. */
const SHORT_RUN = 24
/** Bytes searched at once. */
const WINDOW = 1024

/** Created on first use, so that hosts without TextDecoder, such as jsdom in Jest, can load the package. */
let decoder: TextDecoder | undefined

/** Returns whether a byte can be part of a number, `true`, `false` or `null`. */
export function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2b ||
    byte === 0x2e ||
    byte === 0x45
  )
}

/** Reads one JSON string that arrives in pieces: its text if it is short and selected, otherwise only its length. */
export class StringReader {
  /** The length of the string read so far, in UTF-8 bytes, escapes decoded. */
  byteLength = 0
  isOver = false
  #keepsText = false
  #isEscape = false
  /** Remaining hexadecimal digits of `\uXXXX`, and the value of those already read. */
  #digitsLeft = 0
  #codeUnit = 0
  #isAfterHighSurrogate = false
  #hasEscape = false
  /** Whether no byte was read yet. */
  #isFresh = true
  /** The bytes of a text that arrived in pieces or has escapes. */
  #raw: number[] | undefined
  /** The piece that contains a text of plain ASCII, until the text is requested. */
  #piece: Uint8Array | undefined
  #start = 0

  /** Starts after the opening quote. */
  begin(kind: 'text' | 'bytes'): void {
    this.byteLength = 0
    this.isOver = false
    this.#keepsText = kind === 'text'
    this.#isEscape = false
    this.#digitsLeft = 0
    this.#isAfterHighSurrogate = false
    this.#hasEscape = false
    this.#isFresh = true
    this.#raw = undefined
    this.#piece = undefined
  }

  /** The text; undefined if it was not selected or is too long. */
  get text(): string | undefined {
    if (!this.#keepsText) return undefined
    const piece = this.#piece
    this.#piece = undefined
    if (piece !== undefined) return asciiText(piece, this.#start, this.#start + this.byteLength)
    decoder ??= new TextDecoder()
    const text = decoder.decode(Uint8Array.from(this.#raw ?? []))
    return this.#hasEscape ? unescaped(text) : text
  }

  /** Returns the name that equals the text, if any, without creating a string for other texts where possible. */
  nameIn(names: readonly string[]): string | undefined {
    const piece = this.#piece
    this.#piece = undefined
    if (piece !== undefined) {
      for (const name of names) if (isAt(piece, this.#start, name, this.byteLength)) return name
      return undefined
    }
    const { text } = this
    return names.find((name) => name === text)
  }

  /** Reads up to the closing quote or the end of the piece. Returns the index after it. */
  read(bytes: Uint8Array, at: number): number {
    if (this.#isFresh && this.#keepsText) {
      const end = plainEnd(bytes, at)
      if (end !== -1) {
        this.#piece = bytes
        this.#start = at
        this.byteLength = end - at
        this.isOver = true
        return end + 1
      }
    }
    this.#isFresh = false
    let next = at
    while (next < bytes.length) {
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
        const end = runEnd(bytes, next)
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
    if (!this.#keepsText) return
    this.#raw ??= []
    if (this.#raw.length + to - from > MAX_TEXT_BYTES) {
      this.#keepsText = false
      this.#raw = undefined
      return
    }
    for (let i = from; i < to; i++) this.#raw.push(bytes[i] ?? 0)
  }
}

/** Returns the index of the closing quote if all bytes before it are plain ASCII without escapes; otherwise -1. */
function plainEnd(bytes: Uint8Array, from: number): number {
  const most = Math.min(bytes.length, from + MAX_TEXT_BYTES + 1)
  for (let i = from; i < most; i++) {
    const byte = bytes[i] ?? 0
    if (byte === QUOTE) return i
    if (byte === BACKSLASH || byte >= 0x80) return -1
  }
  return -1
}

function asciiText(bytes: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] ?? 0)
  return text
}

function isAt(bytes: Uint8Array, from: number, name: string, length: number): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i++) if (bytes[from + i] !== name.charCodeAt(i)) return false
  return true
}

/** The index of the next quote or backslash, or the end of the searched range. */
function runEnd(bytes: Uint8Array, from: number): number {
  const near = Math.min(from + SHORT_RUN, bytes.length)
  for (let i = from; i < near; i++) {
    const byte = bytes[i]
    if (byte === QUOTE || byte === BACKSLASH) return i
  }
  // Searched in windows: text with an escape in each line would otherwise be searched to its end for each of them.
  const run = bytes.subarray(near, near + WINDOW)
  const quote = run.indexOf(QUOTE)
  const backslash = (quote === -1 ? run : run.subarray(0, quote)).indexOf(BACKSLASH)
  const end = backslash !== -1 ? backslash : quote !== -1 ? quote : run.length
  return near + end
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
