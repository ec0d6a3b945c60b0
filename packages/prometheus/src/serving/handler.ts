import { readOptions } from '@quipu/catalog/options'
import { answerFetch } from './fetch-handler.js'
import { type HandlerOptions, handlerOptions } from './handler-options.js'
import { answerNode, type NodeRequest, type NodeResponse } from './node-handler.js'
import { createScrapeAnswers } from './scrape-answers.js'

/**
 * Serves pages, as promhttp does. The handler itself is for `node:http`, Express and Connect; `fetch` is for servers
 * that use `Request` and `Response`. Never throws and causes no unhandled rejection.
 */
export interface PageHandler {
  /** Answers a request for a page; other requests go to `next`, or get 404 without it. */
  (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void
  /** Answers a request for a page, also below a prefix (`/internal/metrics`), or 404. Needs no `this`. */
  readonly fetch: (request: Request) => Promise<Response>
  readonly paths: readonly string[]
  /** Whether a request needs a token or password. */
  readonly hasAuth: boolean
}

/**
 * Creates the handler of the pages: content negotiation, compression, `name[]`, HEAD, coalescing of concurrent scrapes,
 * a limit of concurrent requests (503), a time limit (503), errors as 500, bearer and basic authentication, and its own
 * metrics. `/metrics/` is served as `/metrics`.
 *
 * @param given pages by path, and options for all of them
 * @returns a handler for `node:http`, with `fetch` for other servers
 * @throws QuipuError QUIPU_CONFIG_INVALID for an invalid option
 * @see https://pkg.go.dev/github.com/prometheus/client_golang/prometheus/promhttp
 * @example
 * const recorder = createRecorder()
 * const handler = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
 * createServer(handler).listen(9464, '127.0.0.1')
 */
export function createHandler(given: HandlerOptions): PageHandler {
  const options = readOptions(handlerOptions, given, 'createHandler()')
  const answer = createScrapeAnswers(options)
  const handler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void =>
    answerNode(answer, request, response, next)
  return Object.assign(handler, {
    fetch: (request: Request) => answerFetch(answer, request),
    paths: [...Object.keys(options.pages), ...Object.keys(options.documents ?? {})],
    hasAuth: options.auth !== undefined,
  })
}
