import { join } from 'node:path'
import type { Cell, MetricReading, Recorder } from '@quipu/core'
import { createLineFile } from './line-file.js'
import { createNumberFile } from './number-file.js'
import { numbersOf, type SeriesLine, strideOf } from './published-series.js'

/** Lines that may be about what is no more before the file is written anew. */
const MAX_IDLE_LINES = 1000

/** Writes a process's numbers where its siblings can read them, also when it is no more. */
export interface Publisher {
  /**
   * Writes what changed since last time, at once: what is written survives the process, however it ends. Returns whether
   * anything did.
   */
  publish(): boolean
  /** Says that removals up to that one of the group are applied; after `publish()`, which says what is gone. */
  sayApplied(number: number): void
  /** A sign of life; throws when the files are gone. */
  beat(): void
  /** Publishes and says that it rests: what is live ends, what was counted stays. */
  rest(): void
  /** Says that it is back. */
  resume(): void
  /** Rests for good. */
  close(): void
}

interface Place {
  readonly offset: number
  readonly line: SeriesLine
}
interface PublishedMetric {
  version: number
  readonly places: Map<Cell, Place>
}

/**
 * Publishes a recorder's series in two files: `<id>.series` names them, one line each, and `<id>.numbers` holds their
 * numbers, eight bytes each, in place. Only what changed is written, so a publication costs what was recorded, not what
 * is held. The page cache keeps what was written when the process is killed. Both files stay as small as the most series
 * that were held at a time ask for, however many come and go.
 *
 * @throws Error when the files cannot be made
 */
export function createPublisher(
  directory: string,
  id: string,
  recorder: Pick<Recorder, 'readings' | 'clock'>,
): Publisher {
  const lines = createLineFile(join(directory, `${id}.series`))
  const numbers = createNumberFile(join(directory, `${id}.numbers`))
  const metrics = new Map<string, PublishedMetric>()
  let applied = 0
  let open = true
  let resting = false

  const begin = (reading: MetricReading, cell: Cell): Place => {
    const offset = numbers.take(strideOf(reading))
    const start = recorder.clock.toUnixMs(cell.startedAtMs)
    const now = numbersOf(reading, cell, recorder.clock)
    numbers.set(offset, now, now.length)
    return { offset, line: ['+', reading.name, cell.values.map((value) => value ?? null), offset, start] }
  }

  const publishMetric = (reading: MetricReading, said: SeriesLine[]): void => {
    const version = reading.version()
    const known = metrics.get(reading.name) ?? { version: -1, places: new Map<Cell, Place>() }
    metrics.set(reading.name, known)
    if (version === known.version) return
    known.version = version
    const { places } = known
    const cells = reading.cells()
    const stride = strideOf(reading)
    // Whether a gauge was set anew to what it is matters only where the last one counts.
    const compared = reading.spec.kind === 'gauge' && reading.spec.merge !== 'last' ? 1 : stride
    for (const cell of cells) {
      const place = places.get(cell)
      if (place !== undefined) {
        numbers.set(place.offset, numbersOf(reading, cell, recorder.clock), compared)
        continue
      }
      const begun = begin(reading, cell)
      places.set(cell, begun)
      said.push(begun.line)
    }
    if (places.size === cells.length) return
    const live = new Set(cells)
    for (const [cell, { offset }] of places) {
      if (live.has(cell)) continue
      places.delete(cell)
      numbers.giveUp(offset, stride)
      said.push(['-', offset])
    }
  }

  const say = (said: readonly SeriesLine[]): void => {
    lines.add(said)
    if (lines.length <= MAX_IDLE_LINES) return
    const needed: SeriesLine[] = [['applied', applied], ...(resting ? [['end'] as const] : [])]
    for (const { places } of metrics.values()) for (const { line } of places.values()) needed.push(line)
    if (lines.length > 2 * needed.length + MAX_IDLE_LINES) lines.replace(needed)
  }

  const publish = (): boolean => {
    if (!open) return false
    const said: SeriesLine[] = []
    for (const reading of recorder.readings()) publishMetric(reading, said)
    // Numbers before names: a series that can be read has its numbers.
    const hasWritten = numbers.write()
    say(said)
    return hasWritten || said.length > 0
  }
  const rest = (): void => {
    if (!open) return
    publish()
    if (!resting) say([['end']])
    resting = true
  }
  return {
    publish,
    sayApplied(number) {
      if (!open) return
      applied = number
      say([['applied', number]])
    },
    beat() {
      const now = new Date()
      // Both, so that nothing that clears temporary folders takes one of them for old.
      lines.touch(now)
      numbers.touch(now)
    },
    rest,
    resume() {
      if (!open || !resting) return
      resting = false
      say([['again']])
    },
    close() {
      if (!open) return
      rest()
      open = false
      lines.close()
      numbers.close()
    },
  }
}
