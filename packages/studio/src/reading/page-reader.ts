import type { History } from '../history/history.js'
import { takePage } from '../page-text/take-page.js'

/** State of reading. */
export type ReadingState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'paused' }
  /** The page does not respond; it is requested again. */
  | { readonly kind: 'down'; readonly since: number; readonly reason: string }
  /** The server requires different credentials. */
  | { readonly kind: 'refused' }

export interface PageReader {
  /** Reads every page once; never rejects. */
  read(): Promise<ReadingState>
  /** Bytes and milliseconds of the last reading. */
  readonly cost: { readonly bytes: number; readonly ms: number }
  /** Pages that responded. */
  readonly pages: readonly string[]
}

export interface PageReaderOptions {
  /** Base address of the pages, ending in a slash. */
  readonly base: string
  readonly history: History
  readonly fetch: typeof globalThis.fetch
  readonly pause: () => Promise<void>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const PAGES = ['custom_metrics', 'metrics']
const ACCEPT = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5'
const TIMEOUT_MS = 10_000

type Answer =
  | { readonly kind: 'text'; readonly page: string; readonly text: string }
  | { readonly kind: 'missing' | 'refused' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Creates a reader that adds a server's pages to a history. */
export function createPageReader({ base, history, fetch, pause, now }: PageReaderOptions): PageReader {
  let downSince: number | undefined
  let cost = { bytes: 0, ms: 0 }
  let pages: readonly string[] = []

  const ask = async (page: string): Promise<Answer> => {
    try {
      const response = await fetch(`${base}${page}`, {
        headers: { accept: ACCEPT },
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (response.status === 404) return { kind: 'missing' }
      if (response.status === 401 || response.status === 403) return { kind: 'refused' }
      if (!response.ok) return { kind: 'failed', reason: `${page} answers ${response.status}` }
      return { kind: 'text', page, text: await response.text() }
    } catch {
      return { kind: 'failed', reason: `${page} does not answer` }
    }
  }

  return {
    get cost() {
      return cost
    },
    get pages() {
      return pages
    },
    async read() {
      const asked = now()
      const answers = await Promise.all(PAGES.map(ask))
      if (answers.some(({ kind }) => kind === 'refused')) return { kind: 'refused' }
      const texts = answers.filter((answer) => answer.kind === 'text')
      if (texts.length === 0) {
        downSince ??= asked
        const reasons = answers.flatMap((answer) => (answer.kind === 'failed' ? [answer.reason] : []))
        return { kind: 'down', since: downSince, reason: reasons[0] ?? 'no metrics page at this address' }
      }
      downSince = undefined
      const began = performance.now()
      const time = now() / 1000
      for (const { page, text } of texts) {
        const input = history.begin(page, time)
        await takePage(text, input, pause)
        input.end()
        // What follows, the next page or drawing, has a turn of its own.
        await pause()
      }
      pages = texts.map(({ page }) => page)
      cost = { bytes: texts.reduce((sum, { text }) => sum + text.length, 0), ms: performance.now() - began }
      return { kind: 'live' }
    },
  }
}
