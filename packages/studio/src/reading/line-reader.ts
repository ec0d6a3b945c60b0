/** Path of the [METRIC] lines. */
export interface LinesState {
  /** `absent`: this server has no lines. */
  readonly kind: 'starting' | 'live' | 'absent' | 'down'
  /** The last lines, oldest first. */
  readonly lines: readonly Line[]
}

export interface Line {
  readonly id: number
  readonly text: string
}

export interface LineReaderOptions {
  readonly base: string
  readonly fetch: typeof globalThis.fetch
}

/** Maximum number of lines. */
const MOST_LINES = 2000
const TIMEOUT_MS = 5000
/** A server without lines is asked again once per this number of readings. */
const ABSENT_EVERY = 15

/** Creates a reader of a server's lines: each call of `read` fetches the lines since the last call, and never rejects. */
export function createLineReader({ base, fetch }: LineReaderOptions): { read(): Promise<LinesState> } {
  let lines: readonly Line[] = []
  let after = 0
  let skips = 0
  return {
    async read() {
      if (skips > 0) {
        skips--
        return { kind: 'absent', lines }
      }
      try {
        const response = await fetch(`${base}quipu/lines?after=${after}`, {
          cache: 'no-store',
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        if (response.status === 404) {
          skips = ABSENT_EVERY
          return { kind: 'absent', lines }
        }
        if (!response.ok) return { kind: 'down', lines }
        const { next, texts } = toBatch(await response.json())
        // A restarted server counts from the beginning.
        if (next < after) lines = []
        const first = next - texts.length
        const added = texts.map((text, i) => ({ id: first + i, text })).filter(({ id }) => id >= after || next < after)
        if (added.length > 0) lines = [...lines, ...added].slice(-MOST_LINES)
        after = next
        return { kind: 'live', lines }
      } catch {
        return { kind: 'down', lines }
      }
    },
  }
}

function toBatch(answer: unknown): { readonly next: number; readonly texts: readonly string[] } {
  if (typeof answer !== 'object' || answer === null || !('next' in answer) || !('lines' in answer)) {
    throw new TypeError('not an answer with lines')
  }
  const { next, lines } = answer
  if (typeof next !== 'number' || !Array.isArray(lines)) throw new TypeError('not an answer with lines')
  return { next, texts: lines.filter((line) => typeof line === 'string') }
}
