import type { MetricReading, Recorder } from '@quipu/core'
import { createMergedMetric, type MergedMetric } from './merged-metric.js'
import { publishedIds } from './process-group.js'
import { isAlive, type ProcessId } from './process-id.js'
import { openPublishedProcess, type PublishedProcess } from './published-process.js'
import { strideOf } from './published-series.js'
import { absorb, readRetained } from './retained.js'

/** The readings of all processes of a group as if they were one's. */
export interface MergedReadings {
  readings(): readonly MetricReading[]
  /** Puts away what dead processes have left. For the group's leader alone. */
  tidy(): void
}

/** Own numbers come from memory, siblings' from what they published, the dead's from what was retained. */
export function createMergedReadings(
  directory: string,
  own: ProcessId,
  recorder: Pick<Recorder, 'readings' | 'clock'>,
): MergedReadings {
  const siblings = new Map<ProcessId, PublishedProcess>()
  const merged = new Map<string, MergedMetric>()

  /** Siblings that could be read; those whose files are gone are forgotten. */
  const refresh = (): readonly PublishedProcess[] => {
    const ids = new Set(publishedIds(directory))
    for (const id of siblings.keys()) if (!ids.has(id)) siblings.delete(id)
    for (const id of ids) if (id !== own && !siblings.has(id)) siblings.set(id, openPublishedProcess(directory, id))
    return [...siblings.values()].filter((sibling) => sibling.refresh())
  }

  const addOwn = (local: MetricReading, metric: MergedMetric): void => {
    const { clock } = recorder
    for (const cell of local.cells()) {
      const numbers = cell.data.slice(cell.at, cell.at + (local.spec.kind === 'gauge' ? 1 : strideOf(local)))
      const startUnixMs = clock.unixMs() - (clock.monotonicMs() - cell.startedAtMs)
      metric.add(
        cell.values,
        local.spec.kind === 'gauge' ? Float64Array.of(numbers[0] ?? 0, clock.unixMs()) : numbers,
        startUnixMs,
      )
    }
  }

  const addSibling = (sibling: PublishedProcess, locals: ReadonlyMap<string, MetricReading>): void => {
    const alive = !sibling.ended && isAlive(sibling.id)
    for (const { metric, values, offset, startUnixMs } of sibling.series.values()) {
      const local = locals.get(metric)
      if (local === undefined || (!alive && local.spec.kind === 'gauge' && local.spec.merge === 'live')) continue
      merged.get(metric)?.add(values, sibling.numbers.slice(offset, offset + strideOf(local)), startUnixMs)
    }
  }

  const mergedOf = (local: MetricReading): MergedMetric => {
    let metric = merged.get(local.name)
    if (metric === undefined) {
      metric = createMergedMetric(local, recorder.clock)
      merged.set(local.name, metric)
    }
    return metric
  }

  return {
    readings() {
      const locals = recorder.readings().filter((local) => local.spec.aggregation !== 'exponential')
      const byName = new Map(locals.map((local) => [local.name, local]))
      // Files first and what is retained after: see absorb().
      const readable = refresh()
      const retained = readRetained(directory)
      for (const local of locals) mergedOf(local).begin()
      for (const local of locals) addOwn(local, mergedOf(local))
      for (const sibling of readable) if (!retained.absorbed.includes(sibling.id)) addSibling(sibling, byName)
      for (const { metric, values, numbers, startUnixMs } of retained.series) {
        if (byName.has(metric)) {
          merged.get(metric)?.add(
            values.map((value) => value ?? undefined),
            Float64Array.from(numbers),
            startUnixMs,
          )
        }
      }
      for (const local of locals) mergedOf(local).finish()
      const exponential = recorder.readings().filter((local) => local.spec.aggregation === 'exponential')
      return [...locals.map((local) => mergedOf(local).reading), ...exponential]
    },
    tidy() {
      const byName = new Map(recorder.readings().map((local) => [local.name, local]))
      for (const sibling of refresh()) {
        if (sibling.ended || !isAlive(sibling.id)) {
          // Once more: it may have said its last between the reading and its end.
          sibling.refresh()
          absorb(directory, sibling, byName)
          siblings.delete(sibling.id)
        }
      }
    },
  }
}
