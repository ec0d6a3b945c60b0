import { type ActivityRecord, MARK, readActivityLine } from './activity-record.js'
import { createExactTime } from './exact-time.js'
import { createInternedText } from './interned-text.js'
import { scanJsonLine, timeAt } from './scan-json-line.js'
import { createSpans, scanLine } from './scan-line.js'

const NEWLINE = 0x0a
const BRACE = 0x7b
const QUOTE = 0x22
const UNKNOWN_USER = 'unknown'
/** A JSON line contains its time. */
const JSON_LINE = '{'
const MARK_BYTES = Buffer.from(MARK)

/** Passes the records of a block of whole lines to `take`, and returns the number of torn lines. */
export type ScanRecords = (block: Buffer, take: (record: ActivityRecord) => void) => number

/**
 * Creates a reader of records in bytes, which returns the same records as `readActivityLine` for each line, without
 * converting plain lines to text.
 *
 * @param wanted the fields of the records; default all.
 */
export function createRecordScanner(wanted?: ReadonlySet<string>): ScanRecords {
  const spans = createSpans()
  // Compared as bytes, because most fields of a line are not wanted.
  const names = wanted && [...wanted].map((name) => ({ name, bytes: Buffer.from(name) }))
  const intern = createInternedText()
  const readTime = createExactTime()
  return (block, take) => {
    let torn = 0
    // The next mark at or after the line, found once for all lines of other programs before it.
    let mark = block.indexOf(MARK_BYTES)
    for (let start = 0; start < block.length; ) {
      const newline = block.indexOf(NEWLINE, start)
      const end = newline < 0 ? block.length : newline
      if (mark >= 0 && mark < start) mark = block.indexOf(MARK_BYTES, start)
      const isJson = block[start] === BRACE
      if (isJson || (mark >= 0 && mark < end)) {
        const plain = isJson ? readJson(block, start, end) : readText(block, start, mark, end)
        const record = plain ?? readActivityLine(block.toString('utf8', start, end))
        if (record === null) torn++
        else if (record !== undefined) take(record)
      }
      start = end + 1
    }
    return torn
  }

  function readText(block: Buffer, start: number, mark: number, end: number): ActivityRecord | undefined {
    const count = scanLine(block, mark + MARK.length, end, spans)
    if (count < 0) return undefined
    const user = textAt(block, 0)
    // Of the text before the mark, only the logger's time is used.
    const line = mark === start ? MARK : block.toString('utf8', start, mark + MARK.length)
    return {
      event: textAt(block, 2),
      user: user === UNKNOWN_USER ? null : user,
      fields: fieldsIn(block, count, textAt),
      line,
    }
  }

  function readJson(block: Buffer, start: number, end: number): ActivityRecord | undefined {
    const count = scanJsonLine(block, start, end, spans)
    if (count < 0) return undefined
    const time = timeAt(block, start)
    const unixMs = time === undefined ? undefined : readTime(time)
    const user = spans[1] === 0 ? null : textAt(block, 0)
    if ((time !== undefined && unixMs === undefined) || user === UNKNOWN_USER) return undefined
    const fields = fieldsIn(block, count, jsonValueAt)
    return { event: textAt(block, 2), user, fields, line: JSON_LINE, ...(unixMs !== undefined && { unixMs }) }
  }

  function fieldsIn<V>(block: Buffer, count: number, valueAt: (block: Buffer, slot: number) => V) {
    const fields: { [name: string]: V } = {}
    for (let slot = 4; slot < 4 + 4 * count; slot += 4) {
      const [start, end] = [spans[slot] as number, spans[slot + 1] as number]
      const key = names === undefined ? intern(block, start, end) : nameAt(names, block, start, end)
      if (key !== undefined) fields[key] = valueAt(block, slot + 2)
    }
    return fields
  }

  function textAt(block: Buffer, slot: number): string {
    return intern(block, spans[slot] as number, spans[slot + 1] as number)
  }

  function jsonValueAt(block: Buffer, slot: number): string | number | boolean {
    const text = textAt(block, slot)
    if (block[(spans[slot] as number) - 1] === QUOTE) return text
    return text === 'true' || text === 'false' ? text === 'true' : Number(text)
  }
}

interface Name {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Returns the name in these bytes. */
function nameAt(names: readonly Name[], block: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start
  for (const { name, bytes } of names) {
    if (bytes.length !== length) continue
    let i = 0
    while (i < length && bytes[i] === block[start + i]) i++
    if (i === length) return name
  }
  return undefined
}
