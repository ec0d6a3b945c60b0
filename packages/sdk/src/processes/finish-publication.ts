import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/core'
import { openPublishedProcess } from './published-process.js'
import { type SeriesLine, strideOf } from './published-series.js'
import { keyOf } from './retained.js'
import { type SharedMemory, seriesOf } from './shared-memory.js'

/**
 * Brings the published numbers of a dead thread to what it recorded last, and gives the lines that are yet to be said of
 * it: series that it had begun, or removed, and not published. What is added is written where no reader looks until the
 * lines are there.
 *
 * @param metrics by which the room is known that a series takes; one that is in none of them is left out
 * @throws Error when the files cannot be read or written; what was published stands
 */
export function finishPublication(
  directory: string,
  { id, names, blocks }: SharedMemory,
  metrics: ReadonlyMap<string, MetricReading>,
): readonly SeriesLine[] {
  const found = seriesOf(names, blocks)
  // Not that it had removed all: its recorder, another version's, does not record in that memory.
  if (found.length === 0) return []
  const path = join(directory, `${id}.numbers`)
  const published = openPublishedProcess(directory, id)
  if (!published.refresh()) return []
  // What cannot be read now, since no file handle is left, is not taken for empty: all would be added a second time.
  const isRead = published.beatMs > 0 && published.numbers.length === Math.floor(statSync(path).size / 8)
  if (!isRead) throw new Error(`${path} cannot be read`)
  const offsets = new Map<string, number>()
  for (const { metric, values, offset } of published.series.values())
    offsets.set(keyOf(metric, toPlain(values)), offset)
  const lines: SeriesLine[] = []
  const changes: { readonly at: number; readonly numbers: Float64Array }[] = []
  let end = published.numbers.length

  for (const { series, numbers } of found) {
    const [, metric, values, start] = series
    const key = keyOf(metric, values)
    const known = offsets.get(key)
    // What is left here is no more.
    offsets.delete(key)
    if (numbers === undefined || numbers.length === 0) continue
    if (known !== undefined) {
      if (numbers.some((number, i) => number !== published.numbers[known + i])) changes.push({ at: known, numbers })
      continue
    }
    const reading = metrics.get(metric)
    if (reading === undefined) continue
    const row = new Float64Array(strideOf(reading))
    row.set(numbers)
    if (reading.spec.kind === 'gauge') row[1] = start
    lines.push(['+', metric, values, end, start])
    changes.push({ at: end, numbers: row })
    end += row.length
  }
  for (const offset of offsets.values()) lines.push(['-', offset])
  write(path, changes)
  return lines
}

function write(path: string, changes: readonly { readonly at: number; readonly numbers: Float64Array }[]): void {
  if (changes.length === 0) return
  // Never made: it may have been put away.
  const file = openSync(path, 'r+')
  try {
    for (const { at, numbers } of changes) {
      writeSync(file, new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength), 0, null, at * 8)
    }
  } finally {
    closeSync(file)
  }
}

function toPlain(values: readonly (string | undefined)[]): (string | null)[] {
  return values.map((value) => value ?? null)
}
