import { QuipuError } from '@quipu/catalog/builtin'
import { readOptions } from '@quipu/catalog/options'
import { utf8 } from '../writing/utf8.js'
import { type Auth, authOptions } from './auth-options.js'
import { nodeBuiltin } from './node-builtin.js'

/** Checks requests against the credentials. */
export interface Authorizer {
  /** `WWW-Authenticate` header of a 401 response. */
  readonly challenge: string
  /** The same for a document that a browser opens, because a browser can ask its user only for a password. */
  readonly browserChallenge: string
  /** Resolves to whether an `Authorization` header has valid credentials. Never rejects. */
  isAllowed(authorization: string | undefined): Promise<boolean>
}

/**
 * Creates the check of `Authorization` headers. Secrets are compared as SHA-256 digests in constant time, so that
 * response times reveal neither their length nor their beginning.
 * @throws QuipuError QUIPU_CONFIG_INVALID for empty credentials, or for one that no request could send
 */
export function createAuthorizer(given: Auth): Authorizer {
  const auth = readOptions(authOptions, given, 'auth')
  const accepted = [
    ...toList(auth.bearer).map((token) => ({ scheme: 'bearer', secret: token })),
    ...toList(auth.basic).map(({ username, password }) => ({
      scheme: 'basic',
      secret: toBase64(`${username}:${password}`),
    })),
  ]
  if (accepted.length === 0) {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: 'The credentials for the pages are empty: no request could be authorized.',
      got: 'auth without bearer or basic',
      fix: 'set a token, or a user name and password, or omit auth',
    })
  }
  const schemes = [...new Set(accepted.map(({ scheme }) => scheme))]
  const digests = Promise.all(accepted.map(({ scheme, secret }) => digest(`${scheme} ${secret}`)))
  // Awaited by the first request. Until then, a failure must not be an unhandled rejection.
  digests.catch(() => undefined)
  return {
    challenge: schemes.map((scheme) => challenges[scheme] ?? '').join(', '),
    browserChallenge: BASIC,
    async isAllowed(authorization) {
      const [, scheme = '', secret = ''] = /^(bearer|basic) +(\S+)\s*$/i.exec(authorization ?? '') ?? []
      try {
        const given = await Promise.all(spellingsOf(scheme.toLowerCase(), secret).map(digest))
        // All are compared, so that the time does not depend on which one matches.
        return (await digests).flatMap((expected) => given.map((each) => isSame(each, expected))).includes(true)
      } catch {
        return false
      }
    },
  }
}

const BASIC = 'Basic realm="metrics", charset="UTF-8"'

/** A browser can send a bearer token only as the password of some user name. */
function spellingsOf(scheme: string, secret: string): readonly string[] {
  const own = `${scheme} ${secret}`
  if (scheme !== 'basic') return [own]
  const decoded = atob(secret)
  return [own, `bearer ${decoded.slice(decoded.indexOf(':') + 1)}`]
}

const challenges: { readonly [scheme: string]: string } = {
  bearer: 'Bearer realm="metrics"',
  basic: BASIC,
}

function toList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

function toBase64(text: string): string {
  return btoa(Array.from(utf8().encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', utf8().encode(text)))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const node = nodeBuiltin('node:crypto')
  if (node !== undefined) return node.timingSafeEqual(a, b)
  let difference = 0
  a.forEach((byte, i) => {
    difference |= byte ^ (b[i] ?? 0)
  })
  return difference === 0
}
