import { QuipuError } from '@quipu/catalog/builtin'
import { bytesToHex, hmacSha256 } from './sha256.js'

/** Minimum length of a key. */
export const MIN_KEY_LENGTH = 16

/**
 * Creates keyed pseudonyms for identifiers that must not leave the process: the first 16 hexadecimal digits of
 * HMAC-SHA-256. Unkeyed hashes of names and addresses can be reversed with a dictionary. The pseudonyms are not
 * anonymous: the key allows testing a guess.
 *
 * @param key a secret of at least 16 characters; without one a random key is created, and pseudonyms change at every
 * start
 * @param otherwise called once, for the first pseudonym, for a secret to use instead of a random one
 * @returns a function from an identifier to its pseudonym
 * @throws QuipuError QUIPU_KEY_TOO_SHORT
 * @see https://www.rfc-editor.org/rfc/rfc2104
 * @example
 * const pseudonym = createPseudonymizer('a secret of the deployment')
 * pseudonym('jane@example.com') // 16 hexadecimal digits, the same at every start
 */
export function createPseudonymizer(key?: string, otherwise?: () => string | undefined): (value: string) => string {
  if (key !== undefined && (typeof key !== 'string' || key.length < MIN_KEY_LENGTH)) {
    throw new QuipuError('QUIPU_KEY_TOO_SHORT', {
      what: 'The key of the pseudonyms is too short to keep them secret.',
      // Only its length, because the key is a secret.
      got: typeof key === 'string' ? `${key.length} characters` : typeof key,
      fix: `use a random secret of at least ${MIN_KEY_LENGTH} characters, or none`,
    })
  }
  let encoder: TextEncoder | undefined
  let secret: Uint8Array | undefined
  return (value) => {
    // Created on first use: a recorder can be created on hosts without TextEncoder, and on edge runtimes, which provide
    // no random numbers before the first request.
    encoder ??= new TextEncoder()
    if (secret === undefined) {
      const shared = key ?? otherwise?.()
      secret = shared === undefined ? crypto.getRandomValues(new Uint8Array(32)) : encoder.encode(shared)
    }
    return bytesToHex(hmacSha256(secret, encoder.encode(value))).slice(0, 16)
  }
}
