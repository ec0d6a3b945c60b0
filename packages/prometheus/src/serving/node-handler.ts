import { createPace } from '../pace.js'
import type { AnswerScrape, ScrapeAnswer } from './scrape-answers.js'

// The part of node:http's request and response that is used, so that the types load where there is no Node.

export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** Where a framework keeps the whole path when it has mounted the handler on a part of it. */
  readonly originalUrl?: string | undefined
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

export interface NodeResponse {
  readonly headersSent: boolean
  readonly destroyed: boolean
  writeHead(status: number, headers: Record<string, string>): unknown
  write(piece: Uint8Array): boolean
  end(text?: string): unknown
  destroy(): unknown
  on(event: 'close' | 'drain' | 'error', listener: () => void): unknown
  off(event: 'close' | 'drain', listener: () => void): unknown
}

/** Answers a request of node:http or of Express and its like. */
export function answerNode(
  answer: AnswerScrape,
  request: NodeRequest,
  response: NodeResponse,
  next: ((error?: unknown) => void) | undefined,
): void {
  const scrape = (target: string | undefined) =>
    target === undefined
      ? undefined
      : answer({ method: request.method ?? 'GET', target, header: (name) => headerOf(request, name) })
  // Mounted at its own path (`app.use('/metrics', handler)`), Express leaves `/` of the URL.
  const answered = scrape(request.url) ?? scrape(request.originalUrl)
  if (answered === undefined) {
    if (next === undefined) notFound(response)
    else next()
    return
  }
  // A client that goes away in the middle is its own affair.
  response.on('error', () => undefined)
  void answered.then((ready) => send(ready, response))
}

function notFound(response: NodeResponse): void {
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' })
  response.end('not found\n')
}

function headerOf({ headers }: NodeRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' || value === undefined ? value : value.join(',')
}

async function send({ status, headers, pieces, done }: ScrapeAnswer, response: NodeResponse): Promise<void> {
  try {
    if (response.headersSent || response.destroyed) return
    response.writeHead(status, { ...headers })
    // A client on the same host takes a piece as soon as it is written: without a pause all would go in one turn.
    const pace = createPace()
    for (const piece of pieces) {
      if (!response.write(piece)) await roomOrClose(response)
      if (pace.due()) await pace.pause()
      if (response.destroyed) return
    }
    response.end()
  } catch {
    // What a response throws (a header already sent by a framework, a socket gone) is not ours to pass on.
  } finally {
    done()
  }
}

/** A client that takes nothing for this long is cut off: it would hold its page and its place in flight for ever. */
const STALLED_MS = 30_000

/** Resolves when a response takes more, or when it never will. */
function roomOrClose(response: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    // One that is destroyed already says `close` no more.
    const timer = setTimeout(() => {
      response.destroy()
      go()
    }, STALLED_MS)
    response.on('drain', go)
    response.on('close', go)
  })
}
