import { parseSample } from './parse-sample.js'

/** Receives a page line by line. */
export interface PageTaker {
  describe(keyword: 'TYPE' | 'HELP' | 'UNIT', name: string, text: string): void
  sample(key: string, value: number): void
}

/** Lines between two readings of the clock. */
const LINES = 250
/** Maximum time for which the page's thread is kept: a third of a frame, which leaves room for a collection of garbage. */
const SLICE_MS = 5

/**
 * Reads a whole page in slices, so that no frame waits for it.
 * @param pause yields the thread to the browser, and resolves when the thread is free again
 * @returns the number of unreadable lines; rejects only if `pause` does
 */
export async function takePage(text: string, taker: PageTaker, pause: () => Promise<void>): Promise<number> {
  let wrong = 0
  let from = 0
  let began = performance.now()
  for (let count = 1; from < text.length; count++) {
    const newline = text.indexOf('\n', from)
    const end = newline < 0 ? text.length : newline
    if (!takeLine(text.slice(from, end), taker)) wrong++
    from = end + 1
    if (count % LINES === 0 && performance.now() - began > SLICE_MS) {
      await pause()
      began = performance.now()
    }
  }
  return wrong
}

const METADATA = /^# (TYPE|HELP|UNIT) (\S+) ?(.*)$/

function takeLine(line: string, taker: PageTaker): boolean {
  if (line === '' || line === '\r') return true
  if (line.charCodeAt(0) === 35) {
    const [, keyword, name = '', text = ''] = METADATA.exec(line) ?? []
    if (keyword === 'TYPE' || keyword === 'HELP' || keyword === 'UNIT')
      taker.describe(keyword, name.replaceAll('"', ''), text)
    return true
  }
  const sample = parseSample(line)
  if (sample === null) return false
  taker.sample(sample.key, sample.value)
  return true
}
