const START = Buffer.from('"bytes":"')
const QUOTE = 0x22
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const sextetOf = new Int8Array(128).fill(-1)
for (let i = 0; i < DIGITS.length; i++) sextetOf[DIGITS.charCodeAt(i)] = i

/**
 * Decodes the member `bytes` of a JSON object, base64 in pieces of any length, and passes on the decoded pieces.
 * Bedrock wraps the events of models this way. Stores nothing.
 */
export class Base64Reader {
  readonly #write: (bytes: Uint8Array) => void
  #part: 'before' | 'within' | 'after' = 'before'
  #matched = 0
  #bits = 0
  #bitCount = 0

  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write
  }

  /** Resets the reader for another object. */
  reset(): void {
    this.#part = 'before'
    this.#matched = 0
    this.#bits = 0
    this.#bitCount = 0
  }

  write(bytes: Uint8Array): void {
    const decoded = new Uint8Array(Math.ceil((bytes.length * 3) / 4) + 1)
    let length = 0
    for (const byte of bytes) {
      if (this.#part === 'before') this.#match(byte)
      else if (byte === QUOTE) this.#part = 'after'
      else if (this.#part === 'within') {
        const value = sextetOf[byte] ?? -1
        if (value < 0) continue
        this.#bits = ((this.#bits << 6) | value) & 0xffff
        this.#bitCount += 6
        if (this.#bitCount < 8) continue
        this.#bitCount -= 8
        decoded[length++] = (this.#bits >> this.#bitCount) & 0xff
      }
    }
    if (length > 0) this.#write(decoded.subarray(0, length))
  }

  #match(byte: number): void {
    this.#matched = byte === START[this.#matched] ? this.#matched + 1 : byte === START[0] ? 1 : 0
    if (this.#matched === START.length) this.#part = 'within'
  }
}
