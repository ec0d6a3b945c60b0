import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { unref } from '@quipu/store'
import { httpModuleFor } from './http-module-for.js'

/** The response to an HTTP request. */
export interface HttpResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
  /** Whether the body was longer than `MAX_ANSWER_BYTES`; the rest was not read. */
  readonly isCut: boolean
}

/** The error of an HTTP request without a response. */
export class NoResponseError extends Error {
  /**
   * The request was sent on a kept-alive connection, which the server may just have closed: it can be sent again at
   * once.
   */
  readonly isStaleConnection: boolean

  constructor(message: string, isStaleConnection: boolean, cause?: unknown) {
    super(message, { cause })
    this.isStaleConnection = isStaleConnection
  }
}

/** The protocol allows four megabytes; usual responses have few bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/**
 * Posts a body once.
 * @param timeoutMs maximum milliseconds of the whole exchange
 * @returns the response; rejects with NoResponseError in all other cases, within the time limit
 */
export function post(
  url: URL,
  options: RequestOptions,
  body: Uint8Array,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HttpResponse> {
  const request = httpModuleFor(url).request(url, { ...options, method: 'POST' })
  const timer = setTimeout(() => request.destroy(new Error(`no response within ${timeoutMs} ms`)), timeoutMs)
  const giveUp = (): void => void request.destroy(new Error('cancelled at shutdown'))
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  // The timer must not keep the process alive: flush() and shutdown() have their own timers.
  unref(timer)
  request.on('socket', unref)
  request.end(body)
  return answerTo(request).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  })
}

function answerTo(request: ClientRequest): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown): void =>
      reject(new NoResponseError(message, request.reusedSocket === true, cause))
    request.on('error', (error) => fail(error.message, error))
    // Without a listener, Node closes the connection after `101 Switching Protocols` and reports nothing else.
    request.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new NoResponseError('the back end switched protocols (101) instead of a response', false))
    })
    request.on('response', (response) => {
      response.on('error', (error) => fail(error.message, error))
      readAnswer(request, response, resolve)
    })
    // The last event of every request: without an earlier one, there is no response.
    request.on('close', () => fail('the connection was closed without a response'))
  })
}

function readAnswer(request: ClientRequest, response: IncomingMessage, done: (answer: HttpResponse) => void): void {
  const pieces: Buffer[] = []
  let size = 0
  const finish = (isCut: boolean): void =>
    done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces), isCut })
  response.on('data', (piece: Buffer) => {
    size += piece.length
    if (size <= MAX_ANSWER_BYTES) return void pieces.push(piece)
    finish(true)
    request.destroy()
  })
  response.on('end', () => finish(false))
}
