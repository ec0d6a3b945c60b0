import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { OtlpEndpoint } from '../endpoint.js'
import type { Encoding } from '../spool/spool-file.js'
import { type Attempt, createRetries } from './retries.js'
import { retryAfterMs } from './retry.js'
import type { SendResult } from './send-result.js'

/**
 * Posts requests as the OTLP specification asks: 429, 502, 503, 504 and network errors are repeated, `Retry-After` is
 * kept, everything else is final. It stands in for the one of `otlp-exporter-base`, which waits between its attempts
 * with timers that nothing can stop: a shutdown against a dead collector would hold the process for ten seconds (P12).
 */
export interface OtlpTransport {
  /** Never rejects. */
  send(body: Uint8Array, encoding?: Encoding): Promise<SendResult>
  /** The end is near: who waits tries again at once, and nobody waits from now on. */
  hurry(): void
  /** Gives up what is under way and what is still to come. */
  abort(): void
}

/** A back end's answer is a few bytes; the protocol allows four megabytes. */
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024

export function createHttpTransport(endpoint: OtlpEndpoint, userAgent: string, onRetry: () => void): OtlpTransport {
  const isSecure = endpoint.url.protocol === 'https:'
  const agent = isSecure ? new HttpsAgent({ keepAlive: true, ...endpoint.tls }) : new HttpAgent({ keepAlive: true })
  const retries = createRetries(endpoint.timeoutMs, onRetry)
  const headers = {
    ...endpoint.headers,
    'user-agent': userAgent,
    ...(endpoint.compression === 'gzip' && { 'content-encoding': 'gzip' }),
  }

  function attempt(body: Uint8Array, type: string, timeoutMs: number, signal: AbortSignal): Promise<Attempt> {
    return new Promise((resolve) => {
      const options: RequestOptions = {
        method: 'POST',
        agent,
        headers: { ...headers, 'content-type': type, 'content-length': body.length },
      }
      const request = (isSecure ? httpsRequest : httpRequest)(endpoint.url, options)
      const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
      const giveUp = (): void => void request.destroy(new Error('given up at shutdown'))
      const settle = (result: Attempt): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        resolve(result)
      }
      // Neither keeps the process alive: who waits for an export (flush, shutdown) has a timer of its own.
      timer.unref()
      request.on('socket', (socket) => socket.unref())
      request.on('error', (error) =>
        // The back end closed a kept connection just as it was used again: that says nothing about the request.
        settle({ outcome: 'unavailable', error, ...(request.reusedSocket && { retryAfterMs: 0 }) }),
      )
      request.on('response', (response) => {
        const pieces: Buffer[] = []
        let size = 0
        response.on('data', (piece: Buffer) => {
          size += piece.length
          if (size <= MAX_RESPONSE_BYTES) return void pieces.push(piece)
          settle({ outcome: 'refused', error: new Error('the answer is longer than 4 MiB') })
          request.destroy()
        })
        response.on('error', (error) => settle({ outcome: 'unavailable', error }))
        response.on('end', () =>
          settle(toAttempt(response.statusCode ?? 0, response.headers['retry-after'], Buffer.concat(pieces))),
        )
      })
      signal.addEventListener('abort', giveUp)
      if (signal.aborted) giveUp()
      request.end(body)
    })
  }

  const own = endpoint.protocol === 'http/json' ? 'json' : 'protobuf'
  return {
    // What an earlier process has left may be in the other encoding.
    async send(body, encoding = own) {
      const bytes = endpoint.compression === 'gzip' ? await compressed(body) : body
      return retries.run((timeoutMs, signal) => attempt(bytes, contentTypes[encoding], timeoutMs, signal))
    },
    hurry: retries.hurry,
    abort() {
      retries.abort()
      agent.destroy()
    },
  }
}

/** In a thread of its own: megabytes would hold up the host. */
const compressed = promisify(gzip)

const contentTypes = { json: 'application/json', protobuf: 'application/x-protobuf' } as const
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504])

function toAttempt(status: number, retryAfter: string | undefined, body: Uint8Array): Attempt {
  if (status >= 200 && status <= 299) return { outcome: 'taken', body }
  // The status only: an answer's text may repeat what was sent, such as a key.
  const error = new Error(`the back end answered ${status}`)
  if (retryable.has(status)) return { outcome: 'unavailable', error, retryAfterMs: retryAfterMs(retryAfter) }
  return { outcome: 'refused', error }
}
