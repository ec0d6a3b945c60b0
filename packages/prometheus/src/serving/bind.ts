import { QuipuError } from '@quipu/catalog/builtin'

export interface BindOptions {
  /** Whether the pages ask for a token or password. */
  readonly hasAuth?: boolean
  /** Anyone who reaches the port may read the pages: something else keeps strangers away. Default false. */
  readonly allowPublic?: boolean
}

/**
 * Refuses an address that other hosts can reach, unless the pages ask for credentials or the opening is meant (P8).
 * @throws QuipuError QUIPU_BIND_REFUSED
 */
export function checkBind(host: string, { hasAuth = false, allowPublic = false }: BindOptions = {}): void {
  if (isLoopback(host) || hasAuth || allowPublic) return
  throw new QuipuError('QUIPU_BIND_REFUSED', {
    what: 'The pages would be open to every host that reaches this one.',
    got: `host ${JSON.stringify(host)} without auth`,
    fix: 'Listen on 127.0.0.1, give auth: { bearer: token }, or say allowPublic: true where the network keeps strangers away.',
  })
}

/** Whether only this host reaches an address. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  return (
    bare === 'localhost' ||
    bare === '::1' ||
    bare === '0:0:0:0:0:0:0:1' ||
    /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare)
  )
}
