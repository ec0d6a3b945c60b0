import { providerOf } from './providers.js'

/** The server that a request goes to. */
export interface RequestTarget {
  readonly hostname: string
  readonly port: number
  /** The provider that the host belongs to, where it is known. */
  readonly provider: string | undefined
}

const known = new Map<string, RequestTarget>()
/** Origins that are remembered: a process calls a handful of servers, and parsing an address takes a microsecond. */
const MAX_KNOWN = 64

/** The server of an origin such as `https://api.openai.com`. */
export function targetOf(origin: string): RequestTarget {
  const found = known.get(origin)
  if (found !== undefined) return found
  const target = parsed(origin)
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(origin, target)
  return target
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
