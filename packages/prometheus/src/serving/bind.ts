import { QuipuError } from '@quipu/catalog/builtin'

export interface BindOptions {
  /** Whether the pages require a token or password. */
  readonly hasAuth?: boolean
  /** Allows everyone who reaches the port to read the pages, for a port that the network protects. Default false. */
  readonly allowPublic?: boolean
}

/**
 * Checks that only this host reaches the address, unless the pages require credentials or `allowPublic` is set.
 * @throws QuipuError QUIPU_BIND_REFUSED
 * @example
 * checkBind('0.0.0.0', { hasAuth: true })
 */
export function checkBind(host: string, { hasAuth = false, allowPublic = false }: BindOptions = {}): void {
  if (isLoopback(host) || hasAuth || allowPublic) return
  throw new QuipuError('QUIPU_BIND_REFUSED', {
    what: 'The pages would be open to every host that reaches this one.',
    got: `host ${JSON.stringify(host)} without auth`,
    fix: 'Listen on 127.0.0.1, set auth: { bearer: token }, or set allowPublic: true where the network keeps strangers away.',
  })
}

/**
 * Returns whether only this host reaches an address. Never throws.
 *
 * @example
 * isLoopback('127.0.0.1') // true
 */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return (
    bare === 'localhost' ||
    bare === '::1' ||
    bare === '0:0:0:0:0:0:0:1' ||
    /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
  )
}
