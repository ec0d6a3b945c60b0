import { QuipuError } from '@quipu/catalog/builtin'
import { answerFetch } from './fetch-handler.js'
import { answerNode, type NodeRequest, type NodeResponse } from './node-handler.js'
import { createAnswers, type ScrapeOptions } from './scrape-answers.js'

export interface HandlerOptions extends ScrapeOptions {}

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
 * @throws QuipuError QUIPU_CONFIG_INVALID for a path without a slash at its front, a limit that is no limit, empty credentials
 *
 * @example
 * const recorder = createRecorder()
 * const handler = createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
 * createServer(handler).listen(9464, '127.0.0.1')
 */
export function createHandler(options: HandlerOptions): PageHandler {
  checkOptions(options)
  const answer = createAnswers(options)
  const handler = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void): void =>
    answerNode(answer, request, response, next)
  return Object.assign(handler, {
    fetch: (request: Request) => answerFetch(answer, request),
    paths: Object.keys(options.pages),
    hasAuth: options.auth !== undefined,
  })
}

function checkOptions({ pages, maxInFlight = 1, timeoutMs = 1, names = 'escaped' }: HandlerOptions): void {
  if (names !== 'escaped' && names !== 'utf-8') {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: 'There are no such names of metrics on a page.',
      got: `names: ${JSON.stringify(names)}`,
      fix: "Leave names out for the documented ones, or write 'utf-8'.",
    })
  }
  const wrongPath = Object.keys(pages).find((path) => !/^\/[^?#]*$/.test(path))
  if (wrongPath !== undefined) {
    throw new QuipuError('QUIPU_CONFIG_INVALID', {
      what: 'The path of a page does not begin with a slash, or has a query.',
      got: JSON.stringify(wrongPath),
      fix: "Write it as '/custom_metrics'.",
    })
  }
  for (const [name, value] of Object.entries({ maxInFlight, timeoutMs })) {
    if (!(value > 0)) {
      throw new QuipuError('QUIPU_CONFIG_INVALID', {
        what: `${name} must be a number above 0.`,
        got: String(value),
        fix: `Leave ${name} out for its default, or give a positive number.`,
      })
    }
  }
}
