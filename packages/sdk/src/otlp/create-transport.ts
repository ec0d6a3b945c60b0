import { USER_AGENT } from '../version.js'
import { createGrpcTransport } from './grpc-transport.js'
import type { OtlpEndpoint } from './otlp-configuration.js'
import { createOtlpTransport, type OtlpTransport } from './otlp-transport.js'

/** What carries requests of one signal to an endpoint, by the protocol that it wants. */
export function createTransport(
  endpoint: OtlpEndpoint,
  signal: 'metrics' | 'logs',
  onRetry: () => void,
): OtlpTransport {
  return endpoint.protocol === 'grpc'
    ? createGrpcTransport(endpoint, signal, USER_AGENT, onRetry)
    : createOtlpTransport(endpoint, USER_AGENT, onRetry)
}
