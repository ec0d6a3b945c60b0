/** Number of hashed bytes of a body; a retry repeats all of them. */
const HASHED_BYTES = 65_536

/** Length and hash of a request's body, which identify a retry. No content is stored. */
export class Fingerprint {
  #hash = 0x811c9dc5
  #length = 0

  add(bytes: Uint8Array): void {
    const end = Math.min(bytes.length, HASHED_BYTES - this.#length)
    // FNV-1a, 32 bits: it distinguishes requests within seconds, and is not a secret.
    for (let i = 0; i < end; i++) this.#hash = Math.imul(this.#hash ^ (bytes[i] ?? 0), 0x01000193)
    this.#length += bytes.length
  }

  /** Undefined if no body was observed. */
  get value(): string | undefined {
    return this.#length === 0 ? undefined : `${this.#length}.${this.#hash >>> 0}`
  }
}
