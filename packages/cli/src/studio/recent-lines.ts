import type { StudioSource } from './studio-source.js'

/** Maximum number of lines kept for the browser. */
const MOST_LINES = 2000

/** The last lines of a source, and the document in which the studio reads them. */
export interface RecentLines {
  readonly documents: StudioSource['documents']
  add(line: string): void
}

/** Creates an empty list, which forgets its oldest lines. */
export function createRecentLines(): RecentLines {
  const kept: string[] = []
  let count = 0
  return {
    add(line) {
      kept.push(line)
      count++
      if (kept.length > MOST_LINES) kept.shift()
    },
    documents: {
      '/quipu/lines': {
        read(query) {
          const after = Number(new URLSearchParams(query).get('after'))
          const missed = after >= 0 && after <= count ? count - after : kept.length
          const body = JSON.stringify({ next: count, lines: missed === 0 ? [] : kept.slice(-missed) })
          return { body, headers: { 'content-type': 'application/json' } }
        },
      },
    },
  }
}
