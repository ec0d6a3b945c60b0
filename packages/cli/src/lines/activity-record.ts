import { parseMetricJson, parseMetricLine } from '@quipu/activity-log'

/** The content of a line, in either format. */
export interface ActivityRecord {
  readonly event: string
  readonly user: string | null
  readonly fields: { readonly [name: string]: string | number | boolean }
  /** The line as read, or its beginning up to the mark. */
  readonly line: string
  /** Milliseconds since the Unix epoch, if a JSON line has them. */
  readonly unixMs?: number
}

/** Start of a text line, possibly after the prefix of a logger. */
export const MARK = '[METRIC] ['
const TIME = /(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?/

/**
 * Reads a line of an activity log. Text of a logger before `[METRIC]` is skipped.
 *
 * @returns undefined for a line of another program; null for a torn or foreign one with the mark
 */
export function readActivityLine(line: string): ActivityRecord | null | undefined {
  if (line.startsWith('{')) {
    const parsed = parseMetricJson(line)
    return parsed === null ? undefined : { ...parsed, line }
  }
  const at = line.indexOf(MARK)
  if (at < 0) return undefined
  const parsed = parseMetricLine(at === 0 ? line : line.slice(at))
  return parsed === null ? null : { event: parsed.event, user: parsed.user, fields: parsed.fields, line }
}

/** The time of a line in milliseconds: from a JSON line, or from the text of a logger before `[METRIC]`. */
export function timeOf({ unixMs, line }: ActivityRecord): number | undefined {
  if (unixMs !== undefined || line.startsWith('{')) return unixMs
  const found = TIME.exec(line.slice(0, line.indexOf(MARK)))
  if (found === null) return undefined
  const [, date = '', time = '', fraction = '', zone = ''] = found
  const secondMs = parseSecond(`${date}T${time}${zone}`)
  return Number.isNaN(secondMs) ? undefined : secondMs + Number(fraction.padEnd(3, '0').slice(0, 3))
}

let lastSecond = ''
let lastSecondMs = Number.NaN

/** Most lines have the second of the line before. */
function parseSecond(text: string): number {
  if (text === lastSecond) return lastSecondMs
  lastSecond = text
  lastSecondMs = Date.parse(text)
  return lastSecondMs
}
