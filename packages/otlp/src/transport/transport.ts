import type { Encoding } from '../spool/spool-file.js'

/** Sends requests of one signal to one back end, by HTTP or gRPC. */
export interface OtlpTransport {
  /** Never rejects. @param encoding what `body` is written in. Default: what the endpoint takes */
  send(body: Uint8Array, encoding?: Encoding): Promise<SendResult>
  /** The end is near: requests that wait for a retry are sent at once, and none waits from now on. */
  hurry(): void
  /** Gives up the requests that are under way and those still to come. */
  abort(): void
}

/** What became of one request, its retries included. */
export type SendResult =
  | { readonly outcome: 'taken'; readonly body: Uint8Array }
  /** The back end gave no answer, or asked for a retry: the same request may be sent another time. */
  | { readonly outcome: 'unavailable'; readonly error: Error }
  /** The request is larger than the back end accepts: a part of it may be sent. */
  | { readonly outcome: 'too-large'; readonly error: Error }
  /** The back end does not accept this request, however often it is sent. */
  | { readonly outcome: 'refused'; readonly error: Error }

/** What became of one attempt; the back end may have said when to retry. */
export type Attempt = SendResult & { readonly retryAfterMs?: number | undefined }

const ABOUT_SIZE =
  /\btoo (?:large|big|long)\b|\blarger than\b|\bexceed(?:s|ed)?\b.{0,40}\b(?:size|limit|max|allowed)|\bsize limit\b/i

/** Whether the words of a back end say that the request is too large. They are matched only, and shown nowhere. */
export function isAboutSize(words: string): boolean {
  return ABOUT_SIZE.test(words.slice(0, 2000))
}
