import { join } from 'node:path'
import { hasCode } from '../identity/make-once.js'
import { NOT_A_FILE, readRegularFile } from '../identity/read-file.js'
import { parseSeriesLine } from './published-series.js'
import type { Shape } from './shape.js'

/** A series of another process, as last read. */
export interface PublishedSeries {
  readonly metric: string
  /** Undefined in files without it. */
  readonly shape: Shape | undefined
  readonly values: readonly (string | undefined)[]
  readonly offset: number
  readonly startUnixMs: number
}

/** The published files of one process. */
export interface PublishedProcess {
  readonly id: string
  /**
   * Reads the current files; returns false if they are gone. If they are unreadable for another reason (no file handle is
   * left), the last values stay.
   */
  refresh(): boolean
  readonly series: ReadonlyMap<number, PublishedSeries>
  readonly numbers: Float64Array
  /** Whether it has stopped recording, temporarily or finally. */
  readonly ended: boolean
  /** Whether another process has noted its end. */
  readonly dead: boolean
  /** Number of the last removal by others that it has applied. */
  readonly applied: number
  /** Unix milliseconds of its last sign of life. */
  readonly beatMs: number
}

interface Read {
  /** Identity of the file, which differs after a replacement. */
  readonly identity: string
  readonly position: number
}

/** Reads the files of another process; of the names only added lines, unless the file was replaced. */
export function openPublishedProcess(directory: string, id: string): PublishedProcess {
  const names = join(directory, `${id}.series`)
  const series = new Map<number, PublishedSeries>()
  const shapes = new Map<string, Shape>()
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
      else if (said[0] === '=') shapes.set(said[1], said[2])
      else if (said[0] === 'applied') applied = said[1]
      else if (said[0] === '-') series.delete(said[1])
      else {
        const [, metric, values, offset, startUnixMs] = said
        const plain = values.map((value) => value ?? undefined)
        series.set(offset, { metric, shape: shapes.get(metric), values: plain, offset, startUnixMs })
      }
    }
  }

  return {
    id,
    refresh() {
      try {
        let isNew = false
        const { bytes: tail, stat } = readRegularFile(names, ({ ino, birthtimeMs }) => {
          isNew = parsed.identity !== `${ino} ${birthtimeMs}`
          return isNew ? 0 : parsed.position
        })
        if (isNew) {
          // Replaced by a file with the lines that still count.
          series.clear()
          ended = false
        }
        // The last line may be incomplete; it is read when complete.
        const whole = tail.lastIndexOf(10) + 1
        parse(tail.toString('utf8', 0, whole))
        parsed = { identity: `${stat.ino} ${stat.birthtimeMs}`, position: (isNew ? 0 : parsed.position) + whole }
        const { bytes } = readRegularFile(join(directory, `${id}.numbers`))
        numbers = new Float64Array(bytes.length >> 3)
        new Uint8Array(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
        beatMs = stat.mtimeMs
        return true
      } catch (error) {
        return !hasCode(error, 'ENOENT') && !hasCode(error, NOT_A_FILE) && !hasCode(error, 'ELOOP')
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
