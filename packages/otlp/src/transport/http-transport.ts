import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { OtlpEndpoint } from '../endpoint.js'
import { httpModuleFor } from './http-module-for.js'
import { NoResponseError, post } from './post.js'
import { createRetries } from './retries.js'
import { toAttempt } from './to-attempt.js'
import type { Attempt, OtlpTransport } from './transport.js'

export const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const

/** In a separate thread, because megabytes would block the host. */
const compress = promisify(gzip)

/**
 * Posts requests as the OTLP specification requires: 429, 502, 503, 504 and network errors are retried, `Retry-After`
 * is respected, everything else is final. It replaces the transport of `otlp-exporter-base`, whose pauses between
 * attempts cannot be cancelled: a shutdown with a dead collector would keep the process alive for ten seconds.
 */
export function createHttpTransport(endpoint: OtlpEndpoint, userAgent: string, onRetry: () => void): OtlpTransport {
  const { url, tls, compression, protocol, timeoutMs } = endpoint
  const { Agent } = httpModuleFor(url)
  const agent = new Agent({ keepAlive: true, ...(url.protocol === 'https:' && tls) })
  const retries = createRetries(timeoutMs, onRetry)
  const headers = {
    ...endpoint.headers,
    'user-agent': userAgent,
    ...(compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }
  const own = protocol === 'http/json' ? 'json' : 'protobuf'
  return {
    // Batches of an earlier process may have the other encoding.
    async send(body, encoding = own) {
      const bytes = compression === 'gzip' ? await compress(body) : body
      const options = {
        agent,
        headers: { ...headers, 'content-type': CONTENT_TYPES[encoding], 'content-length': bytes.length },
      }
      return retries.run((leftMs, signal) =>
        post(url, options, bytes, { timeoutMs: leftMs, signal }).then(toAttempt, toUnavailable),
      )
    },
    hurry: retries.hurry,
    abort() {
      retries.abort()
      agent.destroy()
    },
  }
}

function toUnavailable(error: unknown): Attempt {
  if (!(error instanceof NoResponseError)) throw error
  // A closed kept-alive connection is not a failure of the request.
  return { outcome: 'unavailable', error, ...(error.isStaleConnection && { retryAfterMs: 0 }) }
}
