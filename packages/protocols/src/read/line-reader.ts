const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Receives lines that arrive in pieces. */
export interface LineTarget {
  /** A piece of the current line, without its end. */
  piece(bytes: Uint8Array, from: number, to: number): void
  /** The line is complete. */
  lineEnd(): void
}

/** Splits a stream into lines, which end with LF, CR LF or CR, without joining the pieces of a line. */
export class LineReader {
  readonly #target: LineTarget
  #isAfterReturn = false

  constructor(target: LineTarget) {
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    // The next one of each, searched when the last one is passed: few streams have carriage returns.
    let feed = -1
    let back = -1
    let at = 0
    while (at < bytes.length) {
      if (this.#isAfterReturn && bytes[at] === LINE_FEED) at++
      this.#isAfterReturn = false
      if (feed < at) feed = indexOf(bytes, LINE_FEED, at)
      if (back < at) back = indexOf(bytes, CARRIAGE_RETURN, at)
      const end = Math.min(feed, back)
      if (end > at) this.#target.piece(bytes, at, end)
      if (end === bytes.length) return
      this.#isAfterReturn = end === back
      this.#target.lineEnd()
      at = end + 1
    }
  }
}

/** Returns the index of the next such byte, or the length. */
function indexOf(bytes: Uint8Array, byte: number, from: number): number {
  if (bytes[from] === byte) return from
  const index = bytes.indexOf(byte, from)
  return index === -1 ? bytes.length : index
}
