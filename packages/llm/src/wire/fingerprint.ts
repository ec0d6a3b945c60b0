/** Bytes of a body that are hashed; a client that repeats a request repeats all of them. */
const HASHED_BYTES = 65_536

/** The length and a hash of a request's body, which tell whether a later request repeats it. Nothing of it is kept. */
export class Fingerprint {
  #hash = 0x811c9dc5
  #length = 0

  add(bytes: Uint8Array): void {
    const end = Math.min(bytes.length, HASHED_BYTES - this.#length)
    // FNV-1a, 32 bits: it tells repetitions apart within seconds, and is not a secret.
    for (let i = 0; i < end; i++) this.#hash = Math.imul(this.#hash ^ (bytes[i] ?? 0), 0x01000193)
    this.#length += bytes.length
  }

  /** Undefined when no body was seen. */
  get value(): string | undefined {
    return this.#length === 0 ? undefined : `${this.#length}.${this.#hash >>> 0}`
  }
}
