import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../identity/make-once.js'
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
  /** Whether somebody who knows has said that it is no more. */
  readonly dead: boolean
  /** Which removals of others it has applied, by their number. */
  readonly applied: number
  /** Unix milliseconds of its last sign of life. */
  readonly beatMs: number
}

interface Read {
  /** Which file of that name it was. */
  readonly identity: string
  readonly position: number
}

/** Reads a sibling's files; of the names only what was added since, unless they were written anew. */
export function openPublishedProcess(directory: string, id: string): PublishedProcess {
  const names = join(directory, `${id}.series`)
  const series = new Map<number, PublishedSeries>()
  let parsed: Read = { identity: '', position: 0 }
  let numbers = new Float64Array(0)
  let ended = false
  let dead = false
  let applied = 0
  let beatMs = 0

  const parse = (text: string): void => {
    for (const line of text.split('\n')) {
      const said = parseSeriesLine(line)
      if (said === null) continue
      if (said[0] === 'end') ended = true
      else if (said[0] === 'dead') dead = true
      else if (said[0] === 'applied') applied = said[1]
      else if (said[0] === '-') series.delete(said[1])
      else {
        const [, metric, values, offset, startUnixMs] = said
        series.set(offset, { metric, values: values.map((value) => value ?? undefined), offset, startUnixMs })
      }
    }
  }

  return {
    id,
    refresh() {
      try {
        const { read, bytes: tail } = readFrom(names, parsed)
        if (read.position === 0) {
          // Written anew, with what counts yet.
          series.clear()
          ended = false
        }
        // The last line may be on its way; it is read when it is whole.
        const whole = tail.lastIndexOf(10) + 1
        parse(tail.toString('utf8', 0, whole))
        parsed = { ...read, position: read.position + whole }
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
    get dead() {
      return dead
    },
    get applied() {
      return applied
    },
    get beatMs() {
      return beatMs
    },
  }
}

/** What a file has from a position on, or from its beginning when it is not the one that was read before. */
function readFrom(path: string, { identity, position }: Read): { readonly read: Read; readonly bytes: Buffer } {
  const file = openSync(path, 'r')
  try {
    const { ino, birthtimeMs, size } = fstatSync(file)
    const found = `${ino} ${birthtimeMs}`
    const from = found === identity ? position : 0
    const bytes = Buffer.alloc(Math.max(0, size - from))
    const length = bytes.length === 0 ? 0 : readSync(file, bytes, 0, bytes.length, from)
    return { read: { identity: found, position: from }, bytes: bytes.subarray(0, length) }
  } finally {
    closeSync(file)
  }
}
