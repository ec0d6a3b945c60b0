import {
  hasInvisible,
  isName,
  MAX_FIELDS,
  MAX_NAME_LENGTH,
  MAX_USER_LENGTH,
  MAX_VALUE_LENGTH,
  UNKNOWN_USER,
} from './canonical.js'
import { isBare } from './format.js'

/** The content of a `[METRIC]` line. */
export interface ParsedMetricLine {
  readonly event: string
  /** Null for `[unknown]`. */
  readonly user: string | null
  /** Every value as text, in the order of the line. */
  readonly fields: { readonly [name: string]: string }
}

const HEAD = /\[METRIC\] \[([^\s[\]]+)\] ([a-z][a-z0-9_]*)/y
const FIELD = / ([a-z][a-z0-9_]*)=(?:"((?:[^"\\]|\\["\\])*)"|([^\s"=]+))/y

/** Every field at its longest, with every character escaped. Megabytes would overflow the stack of the pattern. */
const MAX_LINE_LENGTH =
  16 + MAX_USER_LENGTH + MAX_NAME_LENGTH + MAX_FIELDS * (MAX_NAME_LENGTH + 2 * MAX_VALUE_LENGTH + 4)

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(line)
}

/** The value of a field; null when the writer would have written it differently. */
function toValue(quoted: string | undefined, bare: string | undefined): string | null {
  const value = quoted === undefined ? (bare ?? '') : quoted.replace(/\\(.)/gu, '$1')
  if (value.length > MAX_VALUE_LENGTH || (quoted !== undefined && isBare(value))) return null
  return value
}

/**
 * Parses a line that `formatMetricLine` wrote, without its newline. It is the exact inverse: formatting the result gives
 * the same line. A second `[METRIC]`, a repeated key, unnecessary quotes, a prefix or a trailing space give null.
 *
 * @returns event, user and fields; null when it is not such a line. Never throws.
 * @example
 * parseMetricLine('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5')
 * // { event: 'llm_call', user: 'user@example.com', fields: { model: 'gpt-4', message_count: '5' } }
 */
export function parseMetricLine(line: string): ParsedMetricLine | null {
  if (typeof line !== 'string' || line.length > MAX_LINE_LENGTH) return null
  const head = matchAt(HEAD, line, 0)
  if (head === null || hasInvisible(line)) return null
  const [text, user = '', event] = head
  if (user.length > MAX_USER_LENGTH || !isName(event)) return null

  const fields: { [name: string]: string } = {}
  let at = text.length
  let count = 0
  while (at < line.length) {
    const field = matchAt(FIELD, line, at)
    if (field === null || ++count > MAX_FIELDS) return null
    const [whole, key, quoted, bare] = field
    const value = toValue(quoted, bare)
    if (value === null || !isName(key) || Object.hasOwn(fields, key)) return null
    fields[key] = value
    at += whole.length
  }
  return { event, user: user === UNKNOWN_USER ? null : user, fields }
}
