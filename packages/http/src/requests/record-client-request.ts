import type { Recorder } from '@quipu/core'
import { METHODS, VERSIONS } from './request-shape.js'

/** Properties of an outgoing request to record; never its path. */
export interface RequestShape {
  /** Index of the method in `METHODS`. */
  readonly method: number
  readonly address: string
  readonly port: string | undefined
}

/** The end of an outgoing request. */
export interface ClientRequestEnd {
  /** Undefined without a response. */
  readonly status: number | undefined
  /** Index of the protocol version in `VERSIONS`. */
  readonly version: number
  /** Undefined for a complete response. */
  readonly error: unknown
}

/** Records one outgoing request under the names of the semantic conventions. */
export function recordClientRequest(
  { metrics }: Recorder,
  { method, address, port }: RequestShape,
  { status, version, error }: ClientRequestEnd,
  seconds: number,
): void {
  const failed = status !== undefined && status >= 400 ? String(status) : undefined
  metrics['http.client.request.duration']
    .with({
      'http.request.method': METHODS[method] ?? '_OTHER',
      'http.response.status_code': status,
      'server.address': address,
      'server.port': port,
      'network.protocol.version': VERSIONS[version],
      'error.type': error === undefined ? failed : errorType(error),
    })
    .record(seconds)
}

/** The code of a system error, otherwise the name of the class. */
function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER'
  const code: unknown = Reflect.get(error, 'code')
  const name: unknown = Reflect.get(error, 'name')
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : '_OTHER'
}
