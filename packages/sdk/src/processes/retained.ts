import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/core'
import { combine } from './combine.js'
import { ownProcessId, type ProcessId } from './process-id.js'
import type { PublishedProcess } from './published-process.js'
import { outlives, strideOf } from './published-series.js'

/** What processes have left that are no more, so that counters do not go down when one dies. */
export interface Retained {
  /** Whose numbers are in it; their own files no longer count. */
  readonly absorbed: readonly ProcessId[]
  readonly series: readonly RetainedSeries[]
}
export interface RetainedSeries {
  readonly metric: string
  readonly values: readonly (string | null)[]
  readonly startUnixMs: number
  readonly numbers: readonly number[]
}

const FILE = 'retained.json'
/** A reader that listed a file just before it went needs to know that it is absorbed; it does not need to for long. */
const MAX_ABSORBED = 1000
const nothing: Retained = { absorbed: [], series: [] }

export function readRetained(directory: string, file = FILE): Retained {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(directory, file), 'utf8'))
    return isRetained(parsed) ? parsed : nothing
  } catch {
    return nothing
  }
}

/**
 * Adds what a dead process has left to what is retained, and removes its files. In this order: whoever reads the files
 * first and what is retained after never misses it, and the list of the absorbed keeps it from being counted twice.
 */
export function absorb(directory: string, dead: PublishedProcess, metrics: ReadonlyMap<string, MetricReading>): void {
  // Of a metric that this process has no entry for it cannot be said how it merges: its files stay and are read.
  for (const { metric } of dead.series.values()) if (!metrics.has(metric)) return
  const before = readRetained(directory)
  if (!before.absorbed.includes(dead.id)) {
    const series = new Map(before.series.map((one) => [keyOf(one.metric, one.values), one]))
    for (const { metric, values, offset, startUnixMs } of dead.series.values()) {
      const reading = metrics.get(metric)
      if (reading === undefined || !outlives(reading)) continue
      const plain = values.map((value) => value ?? null)
      const key = keyOf(metric, plain)
      const left = dead.numbers.slice(offset, offset + strideOf(reading))
      const known = series.get(key)
      const numbers = known === undefined ? left : combine(reading, Float64Array.from(known.numbers), left)
      const start = Math.min(known?.startUnixMs ?? startUnixMs, startUnixMs)
      series.set(key, { metric, values: plain, startUnixMs: start, numbers: [...numbers] })
    }
    const absorbed = [...before.absorbed, dead.id].slice(-MAX_ABSORBED)
    writeRetained(directory, { absorbed, series: [...series.values()] })
  }
  for (const ending of ['series', 'numbers']) rmSync(join(directory, `${dead.id}.${ending}`), { force: true })
}

/** Writes it so that nobody ever reads half of it. */
export function writeRetained<R extends Retained>(directory: string, retained: R, file = FILE): void {
  const aside = join(directory, `${file}.${ownProcessId()}`)
  writeFileSync(aside, JSON.stringify(retained), { mode: 0o600 })
  renameSync(aside, join(directory, file))
}

/** A key that no two series share. */
export function keyOf(metric: string, values: readonly (string | null | undefined)[]): string {
  return JSON.stringify([metric, ...values])
}

function isRetained(value: unknown): value is Retained {
  return (
    typeof value === 'object' &&
    value !== null &&
    'absorbed' in value &&
    'series' in value &&
    Array.isArray(value.series)
  )
}
