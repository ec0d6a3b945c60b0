import { createPace } from '../pace.js'
import type { AnswerRequest, ScrapeResponse } from './scrape-answers.js'

// The used parts of node:http's request and response, so that the types load without @types/node.

export interface NodeRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The whole path, where a framework has mounted the handler on a part of it. */
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

/** Answers a request of node:http, Express and similar frameworks. */
export function answerNode(
  answer: AnswerRequest,
  request: NodeRequest,
  response: NodeResponse,
  next: ((error?: unknown) => void) | undefined,
): void {
  const scrape = (target: string | undefined) =>
    target === undefined
      ? undefined
      : answer({ method: request.method ?? 'GET', target, header: (name) => headerOf(request, name) })
  // When the handler is mounted at its own path (`app.use('/metrics', handler)`), Express reduces the URL to `/`.
  const answered = scrape(request.url) ?? scrape(request.originalUrl)
  if (answered === undefined) {
    if (next === undefined) notFound(response)
    else next()
    return
  }
  // A client may disconnect at any time.
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

async function send({ status, headers, pieces, done }: ScrapeResponse, response: NodeResponse): Promise<void> {
  try {
    if (response.headersSent || response.destroyed) return
    response.writeHead(status, { ...headers })
    // A client on the same host reads each piece at once: without pauses, all pieces would be written in one turn.
    const pace = createPace()
    for (const piece of pieces) {
      if (!response.write(piece)) await drainOrClose(response)
      if (pace.due()) await pace.pause()
      if (response.destroyed) return
    }
    response.end()
  } catch {
    // A response can throw: a framework already sent the headers, or the socket is closed. There is nothing left to
    // answer.
  } finally {
    done()
  }
}

/**
 * Time without reading after which a client is disconnected. It would otherwise hold its page and its place among the
 * concurrent requests.
 */
const STALLED_MS = 30_000

/** Resolves when a response accepts more data or is closed. */
function drainOrClose(response: NodeResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      response.off('drain', go)
      response.off('close', go)
      resolve()
    }
    // A response that is already destroyed no longer emits `close`.
    const timer = setTimeout(() => {
      response.destroy()
      go()
    }, STALLED_MS)
    response.on('drain', go)
    response.on('close', go)
  })
}
