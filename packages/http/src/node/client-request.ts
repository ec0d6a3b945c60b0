import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { ClientHttp2Stream } from 'node:http2'
import type { RequestShape } from '../requests/record-client-request.js'
import { methodNumber } from '../requests/request-shape.js'

/** Exporters of telemetry, whose requests do not belong to the application. */
const EXPORTER = /^(?:quipu|OTel-OTLP-Exporter)/i

function isExporter(userAgent: unknown): boolean {
  return EXPORTER.test(String(userAgent ?? ''))
}

/** Returns the properties of a request of `node:http` to record; undefined for an export of telemetry. */
export function nodeRequestShape(request: ClientRequest): RequestShape | undefined {
  if (isExporter(request.getHeader('user-agent'))) return undefined
  const { host, protocol, method } = request
  const written = String(request.getHeader('host') ?? '')
  const usual = protocol === 'https:' ? '443' : '80'
  // The application can set another host name in the header, whose port is not that of the address.
  const port = written.includes(host) ? (/:(\d+)$/.exec(written)?.[1] ?? usual) : usual
  const isSocketFile = typeof Reflect.get(request, 'socketPath') === 'string'
  return { method: methodNumber(method), address: host, port: isSocketFile ? undefined : port }
}

/** Returns the reason why a response was aborted; undefined for a complete one. */
export function errorOfResponse({ complete, errored }: IncomingMessage): unknown {
  return complete ? undefined : (errored ?? { code: 'ECONNRESET' })
}

/** Returns the reason why a stream of HTTP/2 was aborted; undefined for a complete one. */
export function errorOfStream({ aborted, rstCode }: ClientHttp2Stream): unknown {
  if (rstCode === CANCEL) return { code: 'NGHTTP2_CANCEL' }
  // The code of the error that Node emits next.
  return aborted || rstCode > 0 ? { code: 'ERR_HTTP2_STREAM_ERROR' } : undefined
}

const CANCEL = 8

/** The parts of an undici request (5 to 8) that are read. */
export interface UndiciRequest {
  readonly method: string
  readonly origin?: unknown
}

const shapes = new Map<string, Pick<RequestShape, 'address' | 'port'>>()
/** Maximum number of cached origins. Further ones are parsed each time. */
const MAX_ORIGINS = 1000

/** Returns the properties of a request of the global `fetch` or the application's own undici to record. */
export function undiciRequestShape({ method, origin }: UndiciRequest): RequestShape {
  return { ...serverOf(String(origin)), method: methodNumber(method) }
}

/**
 * Returns the properties of a request of `node:http2` to record; undefined for an export of telemetry, and for a request of
 * undici, which publishes it itself. undici (5 to 8) stores its client on the session.
 */
export function http2RequestShape(
  { session }: ClientHttp2Stream,
  headers: OutgoingHttpHeaders,
): RequestShape | undefined {
  const isOfUndici = Object.getOwnPropertySymbols(Object(session)).some(({ description }) => description === 'client')
  if (isOfUndici || isExporter(headers['user-agent'])) return undefined
  const server = serverOf(`${headers[':scheme'] ?? 'https'}://${headers[':authority'] ?? headers.host ?? ''}`)
  return { ...server, method: methodNumber(headers[':method'] ?? 'GET') }
}

function serverOf(text: string): Pick<RequestShape, 'address' | 'port'> {
  let server = shapes.get(text)
  if (server === undefined) {
    const { hostname, port, protocol } = new URL(text)
    server = { address: hostname.replace(/^\[|\]$/g, ''), port: port || (protocol === 'https:' ? '443' : '80') }
    if (shapes.size < MAX_ORIGINS) shapes.set(text, server)
  }
  return server
}
