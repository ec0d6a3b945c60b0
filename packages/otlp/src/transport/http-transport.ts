import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { OtlpEndpoint } from '../endpoint.js'
import { toAttempt } from './http-answer.js'
import { httpModuleFor } from './node-http.js'
import { NoAnswerError, post } from './post.js'
import { createRetries } from './retries.js'
import type { Attempt, OtlpTransport } from './transport.js'

export const CONTENT_TYPES = { json: 'application/json', protobuf: 'application/x-protobuf' } as const

/** In a thread of its own: megabytes would hold up the host. */
const compress = promisify(gzip)

/**
 * Posts requests as the OTLP specification asks: 429, 502, 503, 504 and network errors are retried, `Retry-After` is
 * respected, everything else is final. It replaces the one of `otlp-exporter-base`, which waits between its attempts with
 * timers that nothing can stop: a shutdown against a dead collector would hold the process for ten seconds.
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
    // What an earlier process has left may be in the other encoding.
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
  if (!(error instanceof NoAnswerError)) throw error
  // That a kept connection was closed says nothing about the request.
  return { outcome: 'unavailable', error, ...(error.isStaleConnection && { retryAfterMs: 0 }) }
}
