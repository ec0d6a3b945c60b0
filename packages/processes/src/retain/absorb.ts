import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/core'
import { combine } from '../publish/combine.js'
import type { PublishedProcess } from '../publish/published-process.js'
import { outlives } from '../publish/published-series.js'
import { shapeOf, strideOf } from '../publish/shape.js'
import { isRemoved, notApplied } from './removals.js'
import { keyOf, type Retained } from './retained.js'
import type { RetainedStore } from './retained-store.js'

/** A reader that listed a file just before it went needs to know that it is absorbed; it does not need to for long. */
const MAX_ABSORBED = 1000

/**
 * Adds what a dead process has left to what is retained, and removes its files. In this order: whoever reads the files
 * first and what is retained after never misses it, and the list of the absorbed keeps it from being counted twice.
 */
export function absorb(
  directory: string,
  retained: RetainedStore,
  dead: PublishedProcess,
  metrics: ReadonlyMap<string, MetricReading>,
): void {
  // It is unknown how a metric merges that this process has no entry for, or one of another kind: its files stay.
  for (const { metric, shape } of dead.series.values()) {
    const kind = metrics.get(metric)?.spec.kind
    if (kind === undefined || (shape !== undefined && shape.kind !== kind)) return
  }
  const isAbsorbed =
    retained.read().absorbed.includes(dead.id) || retained.change((before) => withSeriesOf(before, dead, metrics))
  // Another has changed what is retained meanwhile: next time.
  if (!isAbsorbed) return
  for (const ending of ['series', 'numbers']) rmSync(join(directory, `${dead.id}.${ending}`), { force: true })
}

function withSeriesOf(before: Retained, dead: PublishedProcess, metrics: ReadonlyMap<string, MetricReading>): Retained {
  // Whoever was faster may have been about the same process.
  if (before.absorbed.includes(dead.id)) return before
  const series = new Map(before.series.map((one) => [keyOf(one.metric, one.values, one.shape), one]))
  const removals = notApplied(before.removals, dead.applied)
  for (const { metric, values, offset, startUnixMs, ...said } of dead.series.values()) {
    const reading = metrics.get(metric)
    if (reading === undefined || !outlives(reading)) continue
    const shape = said.shape ?? shapeOf(reading)
    if (isRemoved(removals, metric, shape.labels, values)) continue
    const plain = values.map((value) => value ?? null)
    const key = keyOf(metric, plain, shape)
    const left = dead.numbers.slice(offset, offset + strideOf(shape))
    const known = series.get(key)
    const numbers = known === undefined ? left : combine(reading, Float64Array.from(known.numbers), left)
    const start = Math.min(known?.startUnixMs ?? startUnixMs, startUnixMs)
    series.set(key, { metric, shape, values: plain, startUnixMs: start, numbers: [...numbers] })
  }
  const absorbed = [...before.absorbed, dead.id].slice(-MAX_ABSORBED)
  return { ...before, absorbed, series: [...series.values()] }
}
