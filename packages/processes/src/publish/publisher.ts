import { join } from 'node:path'
import type { Cell, MetricReading, Recorder } from '@quipu/core'
import { nextPublicationId, openFolder, removeOlder } from '../identity/group-folder.js'
import { hasCode } from '../identity/make-once.js'
import type { ProcessId } from '../identity/process-id.js'
import { createLineFile, type LineFile } from './line-file.js'
import { createNumberFile, type NumberFile } from './number-file.js'
import { numbersOf, type SeriesLine } from './published-series.js'
import { type Shape, shapeOf, strideOf } from './shape.js'

/** Lines that may be about what is no more before the file is written anew. */
const MAX_IDLE_LINES = 1000

/** Writes a process's numbers where its siblings can read them, also when it is no more. */
export interface Publisher {
  /**
   * Writes what changed since last time, at once: what is written survives the process, however it ends. Returns whether
   * anything did. Sampling what changes all the time, such as the process's memory, is for once a second.
   */
  publish(options?: { readonly sample: boolean }): boolean
  /** Says that removals up to that one of the group are applied; after `publish()`, which says what is gone. */
  sayApplied(number: number): void
  /** A sign of life. When the files are gone, they are made again and everything is published anew. */
  beat(): void
  /** Publishes and says that it ends: what is live ends, what was counted stays. */
  close(): void
}

interface Place {
  readonly offset: number
  readonly line: SeriesLine
}
interface PublishedMetric {
  version: number
  readonly shape: Shape
  /** Whether the shape is in the file. */
  isSaid: boolean
  readonly places: Map<Cell, Place>
}

/**
 * Publishes a recorder's series in two files: `<id>.series` names them, one line each, and `<id>.numbers` holds their
 * numbers, eight bytes each, in place. Only what changed is written, so a publication costs what was recorded, not what
 * is held. The page cache keeps what was written when the process is killed. Both files stay as small as the most series
 * that were held at a time ask for, however many come and go.
 *
 * What this process has published before under the same id is removed when the first publication is whole.
 *
 * @throws Error when the files cannot be made
 */
export function createPublisher(
  directory: string,
  id: string,
  recorder: Pick<Recorder, 'readings' | 'clock'>,
): Publisher {
  let files = createFiles(directory, id)
  const metrics = new Map<string, PublishedMetric>()
  let applied = 0
  let open = true

  const begin = (reading: MetricReading, cell: Cell): Place => {
    const offset = files.numbers.take(strideOf(shapeOf(reading)))
    const start = recorder.clock.toUnixMs(cell.startedAtMs)
    const now = numbersOf(reading, cell, recorder.clock)
    files.numbers.set(offset, now, now.length)
    return { offset, line: ['+', reading.name, cell.values.map((value) => value ?? null), offset, start] }
  }

  const publishMetric = (reading: MetricReading, said: SeriesLine[]): void => {
    const version = reading.version()
    const known = metrics.get(reading.name) ?? {
      version: -1,
      shape: shapeOf(reading),
      isSaid: false,
      places: new Map(),
    }
    metrics.set(reading.name, known)
    if (version === known.version) return
    known.version = version
    const { places } = known
    const cells = reading.cells()
    const stride = strideOf(known.shape)
    // Whether a gauge was set anew to what it is matters only where the last one counts.
    const compared = reading.spec.kind === 'gauge' && reading.spec.merge !== 'last' ? 1 : stride
    for (const cell of cells) {
      const place = places.get(cell)
      if (place !== undefined) {
        files.numbers.set(place.offset, numbersOf(reading, cell, recorder.clock), compared)
        continue
      }
      if (!known.isSaid) said.push(['=', reading.name, known.shape])
      known.isSaid = true
      const begun = begin(reading, cell)
      places.set(cell, begun)
      said.push(begun.line)
    }
    if (places.size === cells.length) return
    const live = new Set(cells)
    for (const [cell, { offset }] of places) {
      if (live.has(cell)) continue
      places.delete(cell)
      files.numbers.giveUp(offset, stride)
      said.push(['-', offset])
    }
  }

  const say = (said: readonly SeriesLine[]): void => {
    const { lines } = files
    lines.add(said)
    if (lines.length <= MAX_IDLE_LINES) return
    const needed: SeriesLine[] = [['applied', applied]]
    for (const [name, { shape, places }] of metrics) {
      if (places.size > 0) needed.push(['=', name, shape])
      for (const { line } of places.values()) needed.push(line)
    }
    if (lines.length > 2 * needed.length + MAX_IDLE_LINES) lines.replace(needed)
  }

  const publish: Publisher['publish'] = (options = { sample: false }) => {
    if (!open) return false
    const said: SeriesLine[] = []
    for (const reading of recorder.readings(options)) publishMetric(reading, said)
    // Numbers before names: a series that can be read has its numbers.
    const hasWritten = files.numbers.write()
    say(said)
    files.show()
    return hasWritten || said.length > 0
  }
  const renew = (): void => {
    const old = files
    files = createFiles(directory, id)
    metrics.clear()
    publish()
    say([['applied', applied]])
    old.close()
  }
  return {
    publish,
    sayApplied(number) {
      if (!open) return
      applied = number
      say([['applied', number]])
    },
    beat() {
      if (!open) return
      try {
        files.touch(new Date())
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error
        renew()
      }
    },
    close() {
      if (!open) return
      publish()
      say([['end']])
      open = false
      files.close()
    },
  }
}

interface Files {
  readonly lines: LineFile
  readonly numbers: NumberFile
  show(): void
  /** Throws when one of them is gone. */
  touch(now: Date): void
  close(): void
}

/** New files, which no reader sees before `show()`; then those that this process had before are removed. */
function createFiles(directory: string, owner: ProcessId): Files {
  openFolder(directory)
  const id = nextPublicationId(directory, owner)
  const lines = createLineFile(join(directory, `${id}.series`))
  const numbers = createNumberFile(join(directory, `${id}.numbers`))
  let isShown = false
  return {
    lines,
    numbers,
    show() {
      if (isShown) return
      isShown = true
      lines.show()
      removeOlder(directory, id)
    },
    // Both, so that nothing that clears temporary folders takes one of them for old.
    touch(now) {
      lines.touch(now)
      numbers.touch(now)
    },
    close() {
      lines.close()
      numbers.close()
    },
  }
}
