import { readOptions } from '@quipu/catalog/options'
import { answerFetch } from './fetch-handler.js'
import { type HandlerOptions, handlerOptions } from './handler-options.js'
import { answerNode, type NodeRequest, type NodeResponse } from './node-handler.js'
import { createAnswers } from './scrape-answers.js'

/**
 * Serves pages, as promhttp does. It is itself a handler of `node:http`, Express and Connect; `fetch` is one for
 * everything that speaks `Request` and `Response`. Never throws and leaves no rejection behind.
 */
export interface PageHandler {
  /** Answers a request for one of the pages; any other goes to `next`, or gets 404 where there is none. */
  (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void
  /** Answers a request for one of the pages, 404 for any other. Needs no `this`. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly paths: readonly string[]
  /** Whether a token or password is asked for. */
  readonly hasAuth: boolean
}

/**
 * Makes the handler of a server's pages: content negotiation, compression, `name[]`, HEAD, coalescing, a limit in flight
 * (503), a time limit (503), errors as 500, bearer and basic authentication on all pages, and metrics of its own.
 * `/metrics/` is served as `/metrics`.
 * @throws QuipuError QUIPU_CONFIG_INVALID for an option that is not valid
 *
 * @example
 * const recorder = createRecorder()
 * const handler = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
 * createServer(handler).listen(9464, '127.0.0.1')
 */
export function createHandler(given: HandlerOptions): PageHandler {
  const options = readOptions(handlerOptions, given, 'createHandler()')
  const answer = createAnswers(options)
  const handler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void =>
    answerNode(answer, request, response, next)
  return Object.assign(handler, {
    fetch: (request: Request) => answerFetch(answer, request),
    paths: Object.keys(options.pages),
    hasAuth: options.auth !== undefined,
  })
}
