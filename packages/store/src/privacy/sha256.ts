/**
 * SHA-256 and HMAC in TypeScript: only Node has synchronous functions, and a label value cannot wait for WebCrypto's
 * promise. sha256.test.ts compares it with Node's. FIPS 180-4, RFC 2104.
 */
function fractionalBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x1_0000_0000) | 0
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return primes
}

interface Constants {
  /** K: one word per round. */
  readonly rounds: Int32Array
  /** H(0): the initial hash. */
  readonly initial: Int32Array
}
// Created by the first hash, which most importers never need.
let made: Constants | undefined

function constants(): Constants {
  made ??= {
    rounds: Int32Array.from(firstPrimes(64), (prime) => fractionalBits(Math.cbrt(prime))),
    initial: Int32Array.from(firstPrimes(8), (prime) => fractionalBits(Math.sqrt(prime))),
  }
  return made
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

function padded(message: Uint8Array): DataView {
  const blocks = (message.length + 9 + 63) >> 6
  const bytes = new Uint8Array(blocks << 6)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 8, Math.floor(message.length / 0x2000_0000))
  view.setUint32(bytes.length - 4, message.length << 3)
  return view
}

/** The 32 bytes of a message's SHA-256. */
export function sha256(message: Uint8Array): Uint8Array {
  const input = padded(message)
  const { rounds, initial } = constants()
  const hash = initial.slice()
  const words = new Int32Array(64)
  const word = (index: number): number => words[index] ?? 0
  const at = (index: number): number => hash[index] ?? 0
  for (let block = 0; block < input.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) words[t] = input.getInt32(block + t * 4)
    for (let t = 16; t < 64; t++) {
      const early = word(t - 15)
      const late = word(t - 2)
      const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
      const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
      words[t] = (word(t - 16) + s0 + word(t - 7) + s1) | 0
    }
    let [a, b, c, d, e, f, g, h] = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
    for (let t = 0; t < 64; t++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const choice = (e & f) ^ (~e & g)
      const first = (h + s1 + choice + (rounds[t] ?? 0) + word(t)) | 0
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const majority = (a & b) ^ (a & c) ^ (b & c)
      h = g
      g = f
      f = e
      e = (d + first) | 0
      d = c
      c = b
      b = a
      a = (first + s0 + majority) | 0
    }
    const round = [a, b, c, d, e, f, g, h]
    for (let i = 0; i < 8; i++) hash[i] = at(i) + (round[i] ?? 0)
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (let i = 0; i < 8; i++) digest.setInt32(i * 4, at(i))
  return new Uint8Array(digest.buffer)
}

/** HMAC-SHA-256 of a message under a key (RFC 2104). */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const block = new Uint8Array(64)
  block.set(key.length > 64 ? sha256(key) : key)
  const inner = new Uint8Array(64 + message.length)
  const outer = new Uint8Array(96)
  for (let i = 0; i < 64; i++) {
    inner[i] = (block[i] ?? 0) ^ 0x36
    outer[i] = (block[i] ?? 0) ^ 0x5c
  }
  inner.set(message, 64)
  outer.set(sha256(inner), 64)
  return sha256(outer)
}

/** Lower-case hexadecimal digits of bytes. */
export function bytesToHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
