import type { Encoding } from '../spool/spool-file.js'

/** Sends requests of one signal to one back end, over HTTP or gRPC. */
export interface OtlpTransport {
  /** Never rejects. @param encoding encoding of `body`. Default: that of the endpoint */
  send(body: Uint8Array, encoding?: Encoding): Promise<SendResult>
  /** Sends requests that wait for a retry at once, and no request waits from now on. */
  hurry(): void
  /** Cancels the requests in progress and later ones. */
  abort(): void
}

/** Outcome of one request with its retries. */
export type SendResult =
  | { readonly outcome: 'taken'; readonly body: Uint8Array }
  /** The back end sent no response, or requested a retry: the same request may be sent later. */
  | { readonly outcome: 'unavailable'; readonly error: Error }
  /** The request exceeds the maximum size of the back end: its parts may be sent. */
  | { readonly outcome: 'too-large'; readonly error: Error }
  /** The back end rejects this request, however often it is sent. */
  | { readonly outcome: 'refused'; readonly error: Error }

/** Outcome of one attempt; the back end may have set a time for a retry. */
export type Attempt = SendResult & { readonly retryAfterMs?: number | undefined }

const ABOUT_SIZE =
  /\btoo (?:large|big|long)\b|\blarger than\b|\bexceed(?:s|ed)?\b.{0,40}\b(?:size|limit|max|allowed)|\bsize limit\b/i

/** Returns whether a back end's text means that the request is too large. The text is only matched and never shown. */
export function isSizeError(words: string): boolean {
  return ABOUT_SIZE.test(words.slice(0, 2000))
}
