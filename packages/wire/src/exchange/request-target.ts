import { providerOf } from './provider-of.js'

/** The server of a request. */
export interface RequestTarget {
  readonly hostname: string
  readonly port: number
  /** The provider of the host, if known. */
  readonly provider: string | undefined
}

const known = new Map<string, RequestTarget>()
/** Maximum number of cached origins: a process uses few servers, and parsing an address takes a microsecond. */
const MAX_KNOWN = 64

/** Returns the server of an origin such as `https://api.openai.com`. */
export function targetOf(origin: string): RequestTarget {
  const found = known.get(origin)
  if (found !== undefined) return found
  const target = parsed(origin)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(origin, target)
  return target
}

/** Returns the server and path that a request means: a proxy without a tunnel is sent the whole URL as its path. */
export function withoutProxy<R extends { readonly origin: string; readonly path: string }>(request: R): R {
  if (request.path.startsWith('/') || !URL.canParse(request.path)) return request
  const { origin, pathname, search } = new URL(request.path)
  return { ...request, origin, path: `${pathname}${search}` }
}

function parsed(origin: string): RequestTarget {
  if (!URL.canParse(origin)) return { hostname: 'unknown', port: 443, provider: undefined }
  const { hostname, port, protocol } = new URL(origin)
  return {
    hostname,
    port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
    provider: providerOf(hostname),
  }
}
