/** Lengths in bytes: of the prelude, of the checksum at its end, and of the checksum at the end of a frame. */
const PRELUDE = 12
const CHECKSUM = 4
/** Maximum length of a frame's headers, which contain its type. */
const MAX_HEADERS = 4096
/** Types of header values with their own length, and the lengths of the others by type. */
const STRING = 7
const BYTES = 6
const FIXED: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16]

/** Receives the frames of a stream. */
export interface FrameTarget {
  /** A piece of the payload of the current frame. */
  payload(bytes: Uint8Array): void
  /** The frame is complete; `type` is that of its event or exception. */
  frame(type: string | undefined): void
  /** The stream has another format and is not read further. */
  invalid(): void
}

/**
 * Splits a stream of AWS' binary events (`application/vnd.amazon.eventstream`) into frames, without joining the pieces
 * of a payload. Checksums are verified by the client. Never throws; other streams give no frames.
 */
export class FrameReader {
  readonly #target: FrameTarget
  #part: 'prelude' | 'headers' | 'payload' | 'checksum' | 'invalid' = 'prelude'
  #held: Uint8Array = new Uint8Array(PRELUDE)
  #heldLength = 0
  /** Remaining bytes of the payload or checksum. */
  #left = 0
  #payloadLength = 0
  #type: string | undefined

  constructor(target: FrameTarget) {
    this.#target = target
  }

  write(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && this.#part !== 'invalid') {
      const isHeld = this.#part === 'prelude' || this.#part === 'headers'
      at += isHeld ? this.#hold(bytes.subarray(at)) : this.#pass(bytes.subarray(at))
    }
  }

  /** Joins the pieces of a prelude or of headers. Returns the number of bytes used. */
  #hold(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#held.length - this.#heldLength)
    this.#held.set(taken, this.#heldLength)
    this.#heldLength += taken.length
    if (this.#heldLength === this.#held.length) {
      if (this.#part === 'prelude') this.#readPrelude(this.#held)
      else this.#beginPayload(this.#held)
    }
    return taken.length
  }

  #readPrelude(prelude: Uint8Array): void {
    const view = new DataView(prelude.buffer)
    const headersLength = view.getUint32(4)
    this.#payloadLength = view.getUint32(0) - headersLength - PRELUDE - CHECKSUM
    if (this.#payloadLength < 0 || headersLength > MAX_HEADERS) {
      this.#part = 'invalid'
      this.#target.invalid()
    } else if (headersLength === 0) this.#beginPayload(new Uint8Array(0))
    else this.#beginHeld('headers', headersLength)
  }

  #beginHeld(part: 'prelude' | 'headers', length: number): void {
    this.#part = part
    this.#held = new Uint8Array(length)
    this.#heldLength = 0
  }

  #beginPayload(headers: Uint8Array): void {
    this.#type = typeOf(headers)
    this.#part = 'payload'
    this.#left = this.#payloadLength
    if (this.#left === 0) this.#endPayload()
  }

  #pass(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#left)
    this.#left -= taken.length
    if (this.#part === 'payload') this.#target.payload(taken)
    if (this.#left === 0) {
      if (this.#part === 'payload') this.#endPayload()
      else this.#beginHeld('prelude', PRELUDE)
    }
    return taken.length
  }

  #endPayload(): void {
    this.#target.frame(this.#type)
    this.#part = 'checksum'
    this.#left = CHECKSUM
  }
}

/** The type of a frame's event or exception, by its headers. */
function typeOf(headers: Uint8Array): string | undefined {
  const bytes = Buffer.from(headers)
  let at = 0
  while (at < bytes.length) {
    const nameEnd = at + 1 + (bytes[at] ?? 0)
    const name = bytes.toString('latin1', at + 1, nameEnd)
    const kind = bytes[nameEnd] ?? 0
    const isSized = kind === STRING || kind === BYTES
    if (isSized && nameEnd + 3 > bytes.length) return undefined
    const length = isSized ? bytes.readUInt16BE(nameEnd + 1) : FIXED[kind]
    if (length === undefined) return undefined
    const start = nameEnd + (isSized ? 3 : 1)
    if (kind === STRING && /^:(?:event-type|exception-type|error-code)$/.test(name)) {
      return bytes.toString('latin1', start, start + Math.min(length, 64))
    }
    at = start + length
  }
  return undefined
}
