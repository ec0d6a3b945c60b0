import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { RequestOptions } from 'node:https'
import { unref } from '@quipu/store'
import { httpModuleFor } from './node-http.js'

/** The answer to one HTTP request. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
  /** Whether the body was longer than `MAX_ANSWER_BYTES`; the rest was not read. */
  readonly isCut: boolean
}

/** One HTTP request that got no answer. */
export class NoAnswerError extends Error {
  /** The request was sent on a kept connection, which the server may have closed just before: it may be sent again at once. */
  readonly isStaleConnection: boolean

  constructor(message: string, isStaleConnection: boolean, cause?: unknown) {
    super(message, { cause })
    this.isStaleConnection = isStaleConnection
  }
}

/** The protocol allows four megabytes; a back end's answer is usually a few bytes. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024

/**
 * Posts a body once.
 * @param timeoutMs for the whole exchange, in milliseconds
 * @returns the answer; rejects with NoAnswerError in every other case, in time
 */
export function post(
  url: URL,
  options: RequestOptions,
  body: Uint8Array,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<HttpAnswer> {
  const request = httpModuleFor(url).request(url, { ...options, method: 'POST' })
  const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  const giveUp = (): void => void request.destroy(new Error('given up at shutdown'))
  signal.addEventListener('abort', giveUp)
  if (signal.aborted) giveUp()
  // Neither keeps the process alive: flush() and shutdown() have timers of their own.
  unref(timer)
  request.on('socket', unref)
  request.end(body)
  return answerTo(request).finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  })
}

function answerTo(request: ClientRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (message: string, cause?: unknown): void =>
      reject(new NoAnswerError(message, request.reusedSocket === true, cause))
    request.on('error', (error) => fail(error.message, error))
    // Without a listener for it, Node closes the connection after `101 Switching Protocols` and reports nothing else.
    request.on('upgrade', (_, socket) => {
      socket.destroy()
      reject(new NoAnswerError('the back end switched protocols (101) instead of an answer', false))
    })
    request.on('response', (response) => {
      response.on('error', (error) => fail(error.message, error))
      readAnswer(request, response, resolve)
    })
    // The last event of every request: when nothing came before it, there is no answer.
    request.on('close', () => fail('the connection was closed without an answer'))
  })
}

function readAnswer(request: ClientRequest, response: IncomingMessage, done: (answer: HttpAnswer) => void): void {
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
