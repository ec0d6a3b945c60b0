import { appendFileSync, closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Cell, MetricReading, Recorder } from '@quipu/core'
import { type SeriesLine, strideOf } from './published-series.js'

/** Writes a process's numbers where its siblings can read them, also when it is no more. */
export interface Publisher {
  /** Writes what changed since last time, at once: what is written survives the process, however it ends. */
  publish(): void
  /** Publishes for the last time and says so. */
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
  const numbers = openSync(join(directory, `${id}.numbers`), 'w', 0o600)
  const metrics = new Map<string, { version: number; readonly places: Map<Cell, Place> }>()
  let used = 0
  let open = true
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
        writeAt(place, read(reading, cell, stride, recorder))
        const start = recorder.clock.unixMs() - (recorder.clock.monotonicMs() - cell.startedAtMs)
        lines.push(['+', reading.name, cell.values.map((value) => value ?? null), place.offset, start])
      } else {
        const now = read(reading, cell, stride, recorder)
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
    writeSync(numbers, new Uint8Array(now.buffer), 0, now.byteLength, place.offset * 8)
  }

  const publish = (): void => {
    if (!open) return
    const lines: SeriesLine[] = []
    // Exponential histograms have no fixed place for their buckets; each process shows its own.
    for (const reading of recorder.readings())
      if (reading.spec.aggregation !== 'exponential') publishMetric(reading, lines)
    // Numbers before names: a series that can be read has its numbers.
    say(lines)
  }
  return {
    publish,
    close() {
      if (!open) return
      publish()
      open = false
      say([['end']])
      closeSync(numbers)
    },
  }
}

function read(reading: MetricReading, cell: Cell, stride: number, recorder: Pick<Recorder, 'clock'>): Float64Array {
  if (reading.spec.kind !== 'gauge') return cell.data.slice(cell.at, cell.at + stride)
  return Float64Array.of(cell.data[cell.at] ?? 0, recorder.clock.unixMs())
}

function changed(reading: MetricReading, before: Float64Array, now: Float64Array): boolean {
  // A gauge's time alone is no change.
  const length = reading.spec.kind === 'gauge' ? 1 : now.length
  for (let i = 0; i < length; i++) if (before[i] !== now[i]) return true
  return false
}
