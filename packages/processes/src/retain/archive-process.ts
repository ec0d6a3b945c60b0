import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/store'
import { combine } from '../publish/combine.js'
import type { PublishedProcess } from '../publish/published-process.js'
import { outlives } from '../publish/published-series.js'
import { shapeOf, strideOf } from '../publish/shape.js'
import { type Archive, keyOf } from './archive.js'
import type { ArchiveStore } from './archive-store.js'
import { isRemoved, notApplied } from './removals.js'

/**
 * Maximum number of listed processes: a reader that listed a file just before its removal must find that it is
 * archived.
 */
const MAX_ARCHIVED = 1000

/**
 * Adds the values of a dead process to the archive, and then removes its files. A reader that reads first the files and
 * then the archive never misses these values, and the list of archived processes prevents counting them twice.
 */
export function archiveProcess(
  directory: string,
  archive: ArchiveStore,
  dead: PublishedProcess,
  metrics: ReadonlyMap<string, MetricReading>,
): void {
  // If this process has no entry for a metric, or one of another kind, the merge rule is unknown, and the files stay.
  for (const { metric, shape } of dead.series.values()) {
    const kind = metrics.get(metric)?.spec.kind
    if (kind === undefined || (shape !== undefined && shape.kind !== kind)) return
  }
  const isArchived =
    archive.read().archived.includes(dead.id) || archive.change((before) => withSeriesOf(before, dead, metrics))
  // Another process has changed the archive in the meantime: try again next time.
  if (!isArchived) return
  for (const ending of ['series', 'numbers']) rmSync(join(directory, `${dead.id}.${ending}`), { force: true })
}

function withSeriesOf(before: Archive, dead: PublishedProcess, metrics: ReadonlyMap<string, MetricReading>): Archive {
  // The other process may have archived the same one.
  if (before.archived.includes(dead.id)) return before
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
  const archived = [...before.archived, dead.id].slice(-MAX_ARCHIVED)
  return { ...before, archived, series: [...series.values()] }
}
