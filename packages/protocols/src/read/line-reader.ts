const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/** Receives lines that arrive in pieces. */
export interface LineTarget {
  /** A piece of the current line, without its end. */
  piece(bytes: Uint8Array): void
  /** The line is complete. */
  end(): void
}

/** Splits a stream into lines, which end with LF, CR LF or CR, without joining the pieces of a line. */
export class LineReader {
  readonly #target: LineTarget
  #isAfterReturn = false

  constructor(target: LineTarget) {
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#isAfterReturn && bytes[at] === LINE_FEED) at++
      this.#isAfterReturn = false
      const end = lineEnd(bytes, at)
      if (end > at) this.#target.piece(bytes.subarray(at, end))
      if (end === bytes.length) return
      this.#isAfterReturn = bytes[end] === CARRIAGE_RETURN
      this.#target.end()
      at = end + 1
    }
  }
}

function lineEnd(bytes: Uint8Array, at: number): number {
  const feed = bytes.indexOf(LINE_FEED, at)
  const end = feed === -1 ? bytes.length : feed
  const back = bytes.subarray(at, end).indexOf(CARRIAGE_RETURN)
  return back === -1 ? end : at + back
}
