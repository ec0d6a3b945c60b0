import { QuipuError } from '@quipu/catalog/builtin'
import { bytesToHex, hmacSha256 } from './sha256.js'

/** Characters that a key has at least. */
export const MIN_KEY_LENGTH = 16

/**
 * A keyed pseudonym for identifiers that must not leave the process as they are: the first 16 hexadecimal digits of
 * HMAC-SHA-256. Unkeyed hashes of names and addresses can be reversed with a dictionary; this one only with the key.
 * Pseudonymous, not anonymous: who has the key can test a guess.
 *
 * @param key at least 16 characters of secret; without one a random key is made, and pseudonyms change at every start
 * @param otherwise asked once, when the first pseudonym is made, for a secret to take in place of a random one
 * @throws QuipuError QUIPU_KEY_TOO_SHORT
 * @example
 * const pseudonym = createPseudonymizer('a secret of the deployment')
 * pseudonym('jane@example.com') // 16 hexadecimal digits, the same at every start
 */
export function createPseudonymizer(key?: string, otherwise?: () => string | undefined): (value: string) => string {
  if (key !== undefined && (typeof key !== 'string' || key.length < MIN_KEY_LENGTH)) {
    throw new QuipuError('QUIPU_KEY_TOO_SHORT', {
      what: 'The key of the pseudonyms is too short to keep them secret.',
      // Its length only: the key is a secret.
      got: typeof key === 'string' ? `${key.length} characters` : typeof key,
      fix: `use a random secret of at least ${MIN_KEY_LENGTH} characters, or none`,
    })
  }
  let encoder: TextEncoder | undefined
  let secret: Uint8Array | undefined
  return (value) => {
    // When they are needed: a recorder can be made where there is no TextEncoder, and on edge runtimes, which give no random
    // numbers before the first request.
    encoder ??= new TextEncoder()
    if (secret === undefined) {
      const shared = key ?? otherwise?.()
      secret = shared === undefined ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(shared)
    }
    return bytesToHex(hmacSha256(secret, encoder.encode(value))).slice(0, 16)
  }
}
