import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from './make-once.js'
import { parseSeriesLine } from './published-series.js'

/** A series of another process, as it was last read. */
export interface PublishedSeries {
  readonly metric: string
  readonly values: readonly (string | undefined)[]
  readonly offset: number
  readonly startUnixMs: number
}

/** The published files of one process. */
export interface PublishedProcess {
  readonly id: string
  /**
   * Reads what is there now; false when the files are gone. What cannot be read for another reason (no file handle is
   * left) is as it was.
   */
  refresh(): boolean
  readonly series: ReadonlyMap<number, PublishedSeries>
  readonly numbers: Float64Array
  /** Whether it records no more, for now or for good. */
  readonly ended: boolean
  /** Which removals of others it has applied, by their number. */
  readonly applied: number
  /** Unix milliseconds of its last sign of life. */
  readonly beatMs: number
}

/** Reads a sibling's files; names are only ever added to, so each is parsed once. */
export function openPublishedProcess(directory: string, id: string): PublishedProcess {
  const names = join(directory, `${id}.series`)
  const series = new Map<number, PublishedSeries>()
  let parsedBytes = 0
  let numbers = new Float64Array(0)
  let ended = false
  let applied = 0
  let beatMs = 0

  const parse = (text: string): void => {
    for (const line of text.split('\n')) {
      const parsed = parseSeriesLine(line)
      if (parsed === null) continue
      if (parsed[0] === 'end' || parsed[0] === 'again') ended = parsed[0] === 'end'
      else if (parsed[0] === 'applied') applied = parsed[1]
      else if (parsed[0] === '-') series.delete(parsed[1])
      else {
        const [, metric, values, offset, startUnixMs] = parsed
        series.set(offset, { metric, values: values.map((value) => value ?? undefined), offset, startUnixMs })
      }
    }
  }

  return {
    id,
    refresh() {
      try {
        const tail = readFrom(names, parsedBytes)
        // The last line may be on its way; it is read when it is whole.
        const whole = tail.lastIndexOf(10) + 1
        parse(tail.toString('utf8', 0, whole))
        parsedBytes += whole
        beatMs = statSync(names).mtimeMs
        const bytes = readFileSync(join(directory, `${id}.numbers`))
        numbers = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~7)))
        return true
      } catch (error) {
        return !hasCode(error, 'ENOENT')
      }
    },
    series,
    get numbers() {
      return numbers
    },
    get ended() {
      return ended
    },
    get applied() {
      return applied
    },
    get beatMs() {
      return beatMs
    },
  }
}

function readFrom(path: string, position: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const length = Math.max(0, fstatSync(file).size - position)
    const buffer = Buffer.alloc(length)
    const read = length === 0 ? 0 : readSync(file, buffer, 0, length, position)
    return buffer.subarray(0, read)
  } finally {
    closeSync(file)
  }
}
