import type { OtlpEndpoint } from '../endpoint.js'
import { createGrpcTransport } from './grpc-transport.js'
import { createHttpTransport } from './http-transport.js'
import type { OtlpTransport } from './transport.js'

/** Creates the transport for the endpoint's protocol. */
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
