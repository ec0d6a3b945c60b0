/** A line of a page with a value. */
export interface Sample {
  /** Name and labels as written; equal texts are the same series. */
  readonly key: string
  readonly value: number
}

/**
 * Parses a sample of the Prometheus text format 0.0.4 or OpenMetrics 1.0; its timestamp and exemplar are left out.
 * @returns null for any other line; never throws
 */
export function parseSample(line: string): Sample | null {
  const brace = line.indexOf('{')
  const space = line.indexOf(' ')
  const end = brace >= 0 && brace < space ? endOfLabels(line, brace) : space
  if (end <= 0) return null
  const from = line.charCodeAt(end) === SPACE ? end + 1 : end
  const stop = line.indexOf(' ', from)
  const value = toNumber(stop < 0 ? line.slice(from) : line.slice(from, stop))
  return value === null ? null : { key: line.slice(0, end), value }
}

const SPACE = 32
const QUOTE = 34
const BACKSLASH = 92
const CLOSING_BRACE = 125

/** Returns the start of the value; -1 for labels without an end. */
function endOfLabels(line: string, brace: number): number {
  let isQuoted = false
  for (let i = brace + 1; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if (isQuoted && code === BACKSLASH) i++
    else if (code === QUOTE) isQuoted = !isQuoted
    else if (code === CLOSING_BRACE && !isQuoted) return i + 1
  }
  return -1
}

function toNumber(text: string): number | null {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  if (text === 'NaN') return Number.NaN
  const value = text === '' ? Number.NaN : Number(text)
  return Number.isNaN(value) ? null : value
}
