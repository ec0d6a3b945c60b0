import { QuipuError } from '@quipu/catalog/builtin'
import { builtin } from './node-builtin.js'

export interface BasicCredentials {
  readonly username: string
  readonly password: string
}

/** Who may read the pages: whoever has one of these. Several of a kind let a secret be changed without a gap. */
export interface Auth {
  readonly bearer?: string | readonly string[]
  readonly basic?: BasicCredentials | readonly BasicCredentials[]
}

/** Checks requests against the credentials. */
export interface Authorizer {
  /** What a 401 answer says in `WWW-Authenticate`. */
  readonly challenge: string
  /** Whether an `Authorization` header carries one of the credentials. Never throws. */
  isAllowed(authorization: string | undefined): Promise<boolean>
}

const encoder = new TextEncoder()

/**
 * Makes the check of an `Authorization` header. Secrets are compared as SHA-256 digests in constant time, so that neither
 * their length nor their beginning shows in how long an answer takes.
 * @throws QuipuError QUIPU_CONFIG_INVALID when there are no credentials or one is empty: that would let everyone in
 */
export function createAuthorizer(auth: Auth): Authorizer {
  const basic = toList(auth.basic)
  const accepted = [
    ...toList(auth.bearer).map((token) => ({ scheme: 'bearer', secret: token })),
    ...basic.map(({ username, password }) => ({
      scheme: 'basic',
      secret: username === '' || password === '' ? '' : toBase64(`${username}:${password}`),
    })),
  ]
  if (accepted.length === 0 || accepted.some(({ secret }) => typeof secret !== 'string' || secret === '')) {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: 'The credentials for the pages are empty, which would let everyone in.',
      got: accepted.length === 0 ? 'auth without bearer or basic' : 'an empty token, user name or password',
      fix: 'Give a token or a user name and password, or leave auth out.',
    })
  }
  const schemes = [...new Set(accepted.map(({ scheme }) => scheme))]
  const digests = Promise.all(accepted.map(({ scheme, secret }) => digest(`${scheme} ${secret}`)))
  // Awaited with the first request: until then a failure is nobody's to handle.
  digests.catch(() => undefined)
  return {
    challenge: schemes.map((scheme) => challenges[scheme] ?? '').join(', '),
    async isAllowed(authorization) {
      const [, scheme = '', secret = ''] = /^(bearer|basic) +(\S+)\s*$/i.exec(authorization ?? '') ?? []
      try {
        const given = await digest(`${scheme.toLowerCase()} ${secret}`)
        // Every one is compared, so that time does not tell which of several it was.
        return (await digests).map((expected) => isSame(given, expected)).includes(true)
      } catch {
        return false
      }
    },
  }
}

const challenges: { readonly [scheme: string]: string } = {
  bearer: 'Bearer realm="metrics"',
  basic: 'Basic realm="metrics", charset="UTF-8"',
}

function toList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value)
}

function toBase64(text: string): string {
  return btoa(Array.from(encoder.encode(text), (byte) => String.fromCharCode(byte)).join(''))
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text)))
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const node = builtin('node:crypto')
  if (node !== undefined) return node.timingSafeEqual(a, b)
  let difference = 0
  a.forEach((byte, i) => {
    difference |= byte ^ (b[i] ?? 0)
  })
  return difference === 0
}
