import { resolveOptions } from '@quipu/catalog/options'
import { TimedOut } from '../coalesce.js'
import type { PageSource } from '../families/page-source.js'
import { createPage, type Page } from '../writing/page.js'
import { utf8 } from '../writing/utf8.js'
import { createAuthorizer } from './authorizer.js'
import { availableCodings } from './compress.js'
import { answerDocument, type ServedDocument } from './document-answers.js'
import { type HandlerOptions, handlerOptions } from './handler-options.js'
import { negotiateCoding, negotiateFormat } from './negotiate.js'
import { createPageRenderer, type PageRenderer } from './page-renderer.js'
import { namesOf, splitTarget } from './request-target.js'
import { countScrapes, reportTo } from './scrape-metrics.js'

/** A request, independent of the server. */
export interface ScrapeRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Whether the path may have a prefix, as below a framework's catch-all route that has no way on to other handlers. */
  readonly mayHavePrefix?: boolean
  /** A header's value by its lower-case name. */
  header(name: string): string | undefined
}

export interface ScrapeResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Empty for HEAD. */
  readonly pieces: readonly Uint8Array[]
  /** Called once when the response was sent or its client disconnected. */
  done(): void
}

/** Answers a scrape, or returns undefined for a path with neither a page nor a document. Never rejects. */
export type AnswerRequest = (request: ScrapeRequest) => Promise<ScrapeResponse> | undefined

interface Served {
  readonly name: string
  readonly renderer: PageRenderer
}

export function createScrapeAnswers(options: HandlerOptions): AnswerRequest {
  const { recorder, maxInFlight, timeoutMs, names, created } = resolveOptions(handlerOptions, options)
  const report = reportTo(recorder)
  const authorizer = options.auth === undefined ? undefined : createAuthorizer(options.auth)
  const served = new Map<string, Served>()
  for (const [path, page] of Object.entries(options.pages)) {
    const renderer = createPageRenderer(toPage(page, created), options.onError === 'continue' ? report : undefined)
    served.set(withoutSlash(path), { name: withoutSlash(path).slice(1), renderer })
  }
  const documents = new Map(
    Object.entries(options.documents ?? {}).map(([path, document]) => [withoutSlash(path), document]),
  )
  const codings = availableCodings()
  const watch = countScrapes(
    recorder,
    Array.from(served.values(), ({ name }) => name),
  )
  const longestFirst = [...served.keys(), ...documents.keys()].sort((a, b) => b.length - a.length)
  const withoutPrefix = (path: string): string => longestFirst.find((each) => path.endsWith(each)) ?? path
  let inFlight = 0

  const answer = async (request: ScrapeRequest, { renderer }: Served, query: string): Promise<Bare> => {
    if (authorizer !== undefined && !(await authorizer.isAllowed(request.header('authorization')))) {
      return failure(401, 'a valid token or password is required', { 'www-authenticate': authorizer.challenge })
    }
    if (!isReading(request)) return notReading()
    if (inFlight > maxInFlight) return failure(503, `${maxInFlight} scrapes are in progress`, { 'retry-after': '1' })
    const format = negotiateFormat(request.header('accept'), names)
    const { pieces, coding } = await renderer.render({
      format,
      names: namesOf(query),
      coding: negotiateCoding(request.header('accept-encoding'), codings),
      timeoutMs: timeLimitOf(request.header('x-prometheus-scrape-timeout-seconds'), timeoutMs),
    })
    const encoding = coding === 'identity' ? {} : { 'content-encoding': coding }
    return { status: 200, headers: { 'content-type': format.contentType, ...encoding }, pieces }
  }

  const read = async (request: ScrapeRequest, document: ServedDocument, query: string): Promise<Bare> => {
    if (authorizer !== undefined && !(await authorizer.isAllowed(request.header('authorization')))) {
      return failure(401, BROWSER_401, { 'www-authenticate': authorizer.browserChallenge })
    }
    if (!isReading(request)) return notReading()
    return answerDocument(document, query, request.header('accept-encoding'), codings)
  }

  return (request) => {
    const { path: asked, query } = splitTarget(request.target)
    const path = request.mayHavePrefix === true ? withoutPrefix(withoutSlash(asked)) : withoutSlash(asked)
    const document = documents.get(path)
    if (document !== undefined) {
      return read(request, document, query)
        .catch((error: unknown) => {
          report(error)
          return failed(error)
        })
        .then((bare) => finish(bare, request.method, () => undefined))
    }
    const page = served.get(path)
    if (page === undefined) return undefined
    inFlight++
    const watched = watch.begin(page.name, inFlight)
    return answer(request, page, query)
      .catch((error: unknown) => {
        if (!(error instanceof TimedOut)) report(error)
        return failed(error)
      })
      .then((bare) =>
        finish(bare, request.method, () => {
          inFlight--
          watched.end(bare.status, inFlight)
        }),
      )
  }
}

function toPage(page: PageSource | readonly PageSource[] | Page, created: boolean): Page {
  return 'render' in page ? page : createPage(page, { created })
}

/** Serves `/metrics/` as `/metrics`: a trailing slash should not break a target. */
function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** The scraper's time limit, less the network time, at most that of the handler. */
function timeLimitOf(header: string | undefined, timeoutMs: number): number {
  const seconds = Number(header)
  return header !== undefined && seconds > 0 ? Math.min(timeoutMs, seconds * 950) : timeoutMs
}

type Bare = Omit<ScrapeResponse, 'done'>

/** The text for a user that closed the browser's password dialog. */
const BROWSER_401 = 'a password is needed; where the pages have a token, it is the password, with any user name'
const notReading = (): Bare => failure(405, 'only GET and HEAD', { allow: 'GET, HEAD' })

function isReading({ method }: ScrapeRequest): boolean {
  return method === 'GET' || method === 'HEAD'
}

function failure(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Bare {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    pieces: [utf8().encode(`${message}\n`)],
  }
}

/** Shows only the type of the error: its message can contain line breaks, or a password from a connection string. */
function failed(error: unknown): Bare {
  if (error instanceof TimedOut) return failure(503, 'the page was not ready in time')
  const kind = error instanceof Error && /^\w{1,64}$/.test(error.name) ? error.name : 'Error'
  return failure(500, `the page could not be rendered: ${kind}`)
}

function finish({ status, headers, pieces }: Bare, method: string, done: () => void): ScrapeResponse {
  let isDone = false
  return {
    status,
    headers: {
      ...headers,
      'content-length': String(pieces.reduce((sum, piece) => sum + piece.length, 0)),
      // Each scrape gets its own response, and label values are never documents: a browser must not render them.
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      vary: 'accept, accept-encoding',
    },
    pieces: method === 'HEAD' ? [] : pieces,
    done() {
      if (isDone) return
      isDone = true
      done()
    },
  }
}
