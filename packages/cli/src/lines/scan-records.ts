import { type ActivityRecord, MARK, readActivityLine } from './activity-record.js'
import { createInternedText } from './interned-text.js'
import { createSpans, scanLine } from './scan-line.js'

const NEWLINE = 0x0a
const BRACE = 0x7b
const MARK_BYTES = Buffer.from(MARK)

/** Passes the records of a block of whole lines to `take`, and returns the number of torn lines. */
export type ScanRecords = (block: Buffer, take: (record: ActivityRecord) => void) => number

/**
 * Creates a reader of records in bytes, which returns the same records as `readActivityLine` for each line, without
 * converting plain lines to text.
 *
 * @param wanted the fields of the records; default all. Records of JSON lines always have all fields.
 */
export function createRecordScanner(wanted?: ReadonlySet<string>): ScanRecords {
  const spans = createSpans()
  // Compared as bytes, because most fields of a line are not wanted.
  const names = wanted && [...wanted].map((name) => ({ name, bytes: Buffer.from(name) }))
  const intern = createInternedText()
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
        const count = isJson ? -1 : scanLine(block, mark + MARK.length, end, spans)
        const record =
          count < 0 ? readActivityLine(block.toString('utf8', start, end)) : toRecord(block, start, mark, count)
        if (record === null) torn++
        else if (record !== undefined) take(record)
      }
      start = end + 1
    }
    return torn
  }

  function toRecord(block: Buffer, start: number, mark: number, count: number): ActivityRecord {
    const text = (slot: number) => intern(block, spans[slot] as number, spans[slot + 1] as number)
    const user = text(0)
    const fields: { [name: string]: string } = {}
    for (let slot = 4; slot < 4 + 4 * count; slot += 4) {
      const key =
        names === undefined ? text(slot) : nameAt(names, block, spans[slot] as number, spans[slot + 1] as number)
      if (key !== undefined) fields[key] = text(slot + 2)
    }
    // Of the text before the mark, only the logger's time is used.
    const line = mark === start ? MARK : block.toString('utf8', start, mark + MARK.length)
    return { event: text(2), user: user === 'unknown' ? null : user, fields, line }
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
