import type { OtlpEndpoint } from '../endpoint.js'
import { createGrpcTransport } from './grpc-transport.js'
import { createHttpTransport, type OtlpTransport } from './http-transport.js'

/** What carries requests of one signal to an endpoint, by the protocol that it wants. */
export function createTransport(
  endpoint: OtlpEndpoint,
  signal: 'metrics' | 'logs',
  userAgent: string,
  onRetry: () => void,
): OtlpTransport {
  return endpoint.protocol === 'grpc'
    ? createGrpcTransport(endpoint, signal, userAgent, onRetry)
    : createHttpTransport(endpoint, userAgent, onRetry)
}
