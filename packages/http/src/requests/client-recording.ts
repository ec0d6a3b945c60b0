import type { Recorder } from '@quipu/core'
import { METHODS, VERSIONS } from './request-shape.js'

/** What an outgoing request is recorded by; never its path. */
export interface RequestShape {
  /** Place of the method in `METHODS`. */
  readonly method: number
  readonly address: string
  readonly port: string | undefined
}

/** How an outgoing request ended. */
export interface ClientRequestEnd {
  /** Undefined where no response came. */
  readonly status: number | undefined
  /** Place of the protocol version in `VERSIONS`. */
  readonly version: number
  /** Undefined where the response came to its end. */
  readonly error: unknown
}

/** Records one outgoing request, as the semantic conventions name it. */
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

/** The code of a system's error, else the class's name. */
function errorType(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER'
  const code: unknown = Reflect.get(error, 'code')
  const name: unknown = Reflect.get(error, 'name')
  if (typeof code === 'string') return code
  return typeof name === 'string' ? name : '_OTHER'
}
