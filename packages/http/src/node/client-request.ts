import type { ClientRequest, IncomingMessage } from 'node:http'
import type { RequestShape } from '../requests/client-recording.js'
import { methodNumber } from '../requests/request-shape.js'

/** Exporters of telemetry, whose requests are not the application's. */
const EXPORTER = /^(?:quipu|OTel-OTLP-Exporter)/i

/** What is recorded of a request of `node:http`; undefined for one that exports telemetry. */
export function nodeRequestShape(request: ClientRequest): RequestShape | undefined {
  if (EXPORTER.test(String(request.getHeader('user-agent') ?? ''))) return undefined
  const { host, protocol, method } = request
  const written = String(request.getHeader('host') ?? '')
  const usual = protocol === 'https:' ? '443' : '80'
  // The application may write another name there, whose port says nothing of the address.
  const port = written.includes(host) ? (/:(\d+)$/.exec(written)?.[1] ?? usual) : usual
  const isSocketFile = typeof Reflect.get(request, 'socketPath') === 'string'
  return { method: methodNumber(method), address: host, port: isSocketFile ? undefined : port }
}

/** Why a response broke off; undefined for one that ended. */
export function errorOfResponse({ complete, errored }: IncomingMessage): unknown {
  return complete ? undefined : (errored ?? { code: 'ECONNRESET' })
}

/** As much of a request of undici (5 to 8) as is read. */
export interface UndiciRequest {
  readonly method: string
  readonly origin?: unknown
}

const shapes = new Map<string, Pick<RequestShape, 'address' | 'port'>>()
/** Origins that are kept at hand; those of more are read each time. */
const MAX_ORIGINS = 1000

/** What is recorded of a request of the global `fetch` or an undici of the application's own. */
export function undiciRequestShape({ method, origin }: UndiciRequest): RequestShape {
  const text = String(origin)
  let server = shapes.get(text)
  if (server === undefined) {
    const { hostname, port, protocol } = new URL(text)
    server = { address: hostname.replace(/^\[|\]$/g, ''), port: port || (protocol === 'https:' ? '443' : '80') }
    if (shapes.size < MAX_ORIGINS) shapes.set(text, server)
  }
  return { ...server, method: methodNumber(method) }
}
