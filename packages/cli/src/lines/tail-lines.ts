import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Colours, createColours } from '../terminal/colours.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { type ActivityRecord, readActivityLine } from './activity-record.js'
import { followFile } from './follow-file.js'
import { readLines, splitLines } from './read-lines.js'
import { createRecordFilter, type FilterOptions } from './record-filter.js'

/** Options of `quipu tail`. */
export interface TailOptions extends FilterOptions {
  readonly lines: number
  readonly follow: boolean
  readonly json?: boolean
}

/** Prints the last records of a file or of standard input, and then new ones, until it is interrupted. */
export async function tailLines(file: string | undefined, options: TailOptions, io: CommandIo): Promise<number> {
  const isWanted = createRecordFilter(options, Date.now())
  const print = createPrinter(options, io)
  const wanted = (lines: readonly string[]): readonly ActivityRecord[] =>
    lines.flatMap((line) => {
      const record = readActivityLine(line)
      return record !== null && record !== undefined && isWanted(record) ? [record] : []
    })
  if (file === undefined || file === '-') {
    for await (const lines of readLines([], io)) for (const record of wanted(lines)) await print.one(record)
    return print.end()
  }
  const path = resolve(io.cwd, file)
  const end = await endOfLastLine(path)
  const start = Math.max(0, end - MOST_BYTES_BACK)
  let last: readonly ActivityRecord[] = []
  if (end > 0) {
    for await (const lines of splitLines(createReadStream(path, { start, end: end - 1 }))) {
      last = [...last, ...wanted(lines)].slice(-options.lines)
    }
  }
  for (const record of options.lines > 0 ? last : []) await print.one(record)
  if (options.follow) {
    for await (const lines of splitLines(followFile(path, end, io.interruption()))) {
      for (const record of wanted(lines)) await print.one(record)
    }
  }
  return print.end()
}

/** Only the last 16 MiB are searched for the last lines, so that a large file is not read completely. */
const MOST_BYTES_BACK = 1 << 24

/** The end of the last complete line; the bytes after it are still being written. */
async function endOfLastLine(path: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const block = Buffer.alloc(1 << 16)
    for (let end = size; end > 0; ) {
      const start = Math.max(0, end - block.length)
      const { bytesRead } = await file.read(block, 0, end - start, start)
      const at = block.subarray(0, bytesRead).lastIndexOf(0x0a)
      if (at >= 0) return start + at + 1
      end = start
    }
    return 0
  } finally {
    await file.close()
  }
}

/** Prints records, and at the end the number of each event. */
function createPrinter({ json }: TailOptions, io: CommandIo) {
  const colours = createColours(io)
  const counts = new Map<string, number>()
  return {
    async one(record: ActivityRecord): Promise<void> {
      counts.set(record.event, (counts.get(record.event) ?? 0) + 1)
      const { event, user, fields } = record
      await io.out(json ? `${JSON.stringify({ event, user, fields })}\n` : `${paint(record, colours)}\n`)
    },
    end(): number {
      const total = [...counts].map(([event, count]) => `${event} ${count}`).join(', ')
      io.err(total === '' ? 'no matching lines' : total)
      return exitCodes.ok
    },
  }
}

function paint({ event, user, fields }: ActivityRecord, { bad, name, good, quiet }: Colours): string {
  const isFailure = event === 'error' || event.endsWith('_error')
  const pairs = Object.entries(fields).map(([key, value]) => `${quiet(`${key}=`)}${value}`)
  return [
    quiet(`[${user ?? 'unknown'}]`),
    isFailure ? bad(event) : good(event),
    ...pairs.map((pair) => name(pair)),
  ].join(' ')
}
