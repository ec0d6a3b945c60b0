import zlib from 'node:zlib'

/** Number of hashed bytes of a body; a retry repeats all of them. */
const HASHED_BYTES = 65_536

/** Length and hash of a request's body, which identify a retry. No content is stored. */
export class Fingerprint {
  #hash = 0
  #length = 0

  add(bytes: Uint8Array): void {
    const end = Math.min(bytes.length, HASHED_BYTES - this.#length)
    if (end > 0) this.#hash = addToHash(end === bytes.length ? bytes : bytes.subarray(0, end), this.#hash)
    this.#length += bytes.length
  }

  /** Undefined if no body was observed. */
  get value(): string | undefined {
    return this.#length === 0 ? undefined : `${this.#length}.${this.#hash >>> 0}`
  }
}

/** 32 bits distinguish requests within seconds, and are not a secret. A CRC takes 10 µs for 64 KiB, the loop 80 µs. */
const addToHash: (bytes: Uint8Array, hash: number) => number = typeof zlib.crc32 === 'function' ? zlib.crc32 : fnv1a

/** For runtimes without `crc32`. */
function fnv1a(bytes: Uint8Array, hash: number): number {
  let sum = hash
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193)
  return sum >>> 0
}
