import type { HttpResponse } from './post.js'
import { retryAfterMs } from './retry-delay.js'
import { type Attempt, isSizeError } from './transport.js'

/** Retryable by the OTLP specification ("OTLP/HTTP Response"). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504])
const PAYLOAD_TOO_LARGE = 413
/** A retry within the same export would get the same response. */
const NOT_NOW = Number.POSITIVE_INFINITY

/**
 * Interprets an HTTP response by the OTLP specification. An error contains the status only, because the text may repeat
 * sent data.
 */
export function toAttempt(answer: HttpResponse): Attempt {
  const { status, headers, body, isCut } = answer
  const error = new Error(`the back end answered ${status}${isCut ? ' with more than 4 MiB' : ''}`)
  if (isCut) return { outcome: 'refused', error }
  if (status >= 200 && status <= 299) {
    if (!isWebPage(answer)) return { outcome: 'taken', body }
    // A login page, a proxy's page, an application that responds on every path: no back end has read the request.
    return {
      outcome: 'unavailable',
      error: new Error(`a web page answered ${status}, not an OTLP back end`),
      retryAfterMs: NOT_NOW,
    }
  }
  if (RETRYABLE.has(status))
    return { outcome: 'unavailable', error, retryAfterMs: retryAfterMs(headers['retry-after']) }
  // The Collector responds 400 to a body over its limit.
  if (status === PAYLOAD_TOO_LARGE || (status === 400 && isSizeError(textOf(body))))
    return { outcome: 'too-large', error }
  return { outcome: 'refused', error }
}

function isWebPage({ headers, body }: HttpResponse): boolean {
  if (body.length === 0) return false
  const type = headers['content-type'] ?? ''
  return (
    /\b(?:text\/html|application\/xhtml\+xml)\b/i.test(type) || /^\s*<(?:!doctype|html|\?xml)\b/i.test(textOf(body))
  )
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.subarray(0, 2000)).toString('latin1')
}
