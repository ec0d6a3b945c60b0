import { bytesToHex, hmacSha256 } from './sha256.js'

/**
 * A keyed pseudonym for identifiers that must not leave the process as they are: the first 16 hexadecimal digits of
 * HMAC-SHA-256. Unkeyed hashes of names and addresses can be reversed with a dictionary; this one only with the key.
 * Pseudonymous, not anonymous: who has the key can test a guess.
 *
 * @param key at least 16 characters of secret; without one a random key is made, and pseudonyms change at every start.
 */
export function createPseudonymizer(key?: string): (value: string) => string {
  // Random only when it is needed: edge runtimes give no random numbers before the first request, where recorders are made.
  let secret = key === undefined ? undefined : new TextEncoder().encode(key)
  const encoder = new TextEncoder()
  return (value) => {
    secret ??= crypto.getRandomValues(new Uint8Array(32))
    return bytesToHex(hmacSha256(secret, encoder.encode(value))).slice(0, 16)
  }
}
