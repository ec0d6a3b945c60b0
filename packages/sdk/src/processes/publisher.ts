import { appendFileSync, closeSync, openSync, utimesSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Cell, MetricReading, Recorder } from '@quipu/core'
import { numbersOf, type SeriesLine, strideOf, toUnixMs } from './published-series.js'

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
  readonly last: Float64Array
}

/**
 * Publishes a recorder's series in two files: `<id>.series` names them, one line each, and `<id>.numbers` holds their
 * numbers, eight bytes each, in place. Only what changed is written, so a publication costs what was recorded, not what
 * is held. The page cache keeps what was written when the process is killed.
 */
export function createPublisher(
  directory: string,
  id: string,
  recorder: Pick<Recorder, 'readings' | 'clock'>,
): Publisher {
  const names = join(directory, `${id}.series`)
  const numbersFile = join(directory, `${id}.numbers`)
  const numbers = openSync(numbersFile, 'w', 0o600)
  const metrics = new Map<string, { version: number; readonly places: Map<Cell, Place> }>()
  let used = 0
  let wrote = false
  let open = true
  let resting = false
  appendFileSync(names, '', { mode: 0o600 })

  const say = (lines: readonly SeriesLine[]): void => {
    if (lines.length > 0) appendFileSync(names, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  }

  const publishMetric = (reading: MetricReading, lines: SeriesLine[]): void => {
    let known = metrics.get(reading.name)
    if (known === undefined) {
      known = { version: -1, places: new Map() }
      metrics.set(reading.name, known)
    }
    const version = reading.version()
    if (version === known.version) return
    known.version = version
    const { places } = known
    const cells = reading.cells()
    for (const cell of cells) {
      let place = places.get(cell)
      const stride = strideOf(reading)
      if (place === undefined) {
        place = { offset: used, last: new Float64Array(stride) }
        used += stride
        places.set(cell, place)
        writeAt(place, numbersOf(reading, cell, recorder.clock))
        const start = toUnixMs(recorder.clock, cell.startedAtMs)
        lines.push(['+', reading.name, cell.values.map((value) => value ?? null), place.offset, start])
      } else {
        const now = numbersOf(reading, cell, recorder.clock)
        if (changed(reading, place.last, now)) writeAt(place, now)
      }
    }
    if (places.size > cells.length) {
      const live = new Set(cells)
      for (const [cell, place] of places) {
        if (live.has(cell)) continue
        places.delete(cell)
        lines.push(['-', place.offset])
      }
    }
  }

  const writeAt = (place: Place, now: Float64Array): void => {
    place.last.set(now)
    wrote = true
    writeSync(numbers, new Uint8Array(now.buffer), 0, now.byteLength, place.offset * 8)
  }

  const publish = (): boolean => {
    if (!open) return false
    wrote = false
    const lines: SeriesLine[] = []
    for (const reading of recorder.readings()) publishMetric(reading, lines)
    // Numbers before names: a series that can be read has its numbers.
    say(lines)
    return wrote || lines.length > 0
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
      if (open) say([['applied', number]])
    },
    beat() {
      const now = new Date()
      // Both, so that nothing that clears temporary folders takes one of them for old.
      utimesSync(names, now, now)
      utimesSync(numbersFile, now, now)
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
      closeSync(numbers)
    },
  }
}

function changed({ spec }: MetricReading, before: Float64Array, now: Float64Array): boolean {
  // Whether a gauge was set anew to what it is matters only where the last one counts.
  const length = spec.kind === 'gauge' && spec.merge !== 'last' ? 1 : now.length
  for (let i = 0; i < length; i++) if (before[i] !== now[i]) return true
  return false
}
