import type { MetricReading, Store } from '@quipu/store'
import type { PublishedProcess } from '../publish/published-process.js'
import { numbersOf, outlives } from '../publish/published-series.js'
import { type Shape, shapeOf, strideOf } from '../publish/shape.js'
import type { ArchivedSeries, GroupRemoval } from '../retain/archive.js'
import { isRemoved, notApplied } from '../retain/removals.js'
import { createMergedMetric, type MergedMetric } from './merged-metric.js'
import { createProjections } from './projections.js'

/** Each process determines the number of silent processes itself, so this metric is not added. */
export const MISSING = 'quipu_workers_missing'

export type SummedRecorder = Pick<Store, 'readings' | 'clock' | 'metrics' | 'drop'>

/** The values that can be added to a sum. */
export interface Addends {
  addOwn(): void
  addSibling(sibling: PublishedProcess, isAlive: boolean, removals: readonly GroupRemoval[] | undefined): void
  addArchived(series: readonly ArchivedSeries[]): void
}

/** Adds up the metrics of several processes. Each merged metric stays the same object. */
export interface Summation {
  sum(add: (addends: Addends) => void): readonly MetricReading[]
  /** The metrics of the last sum. */
  metrics(): readonly MetricReading[]
}

export function createSummation(recorder: SummedRecorder): Summation {
  const merged = new Map<string, MergedMetric>()
  const projections = createProjections()
  const mergedOf = (local: MetricReading): MergedMetric => {
    const metric = merged.get(local.name) ?? createMergedMetric(local)
    merged.set(local.name, metric)
    return metric
  }
  /** Adds a series of any version of the catalogue. One that does not fit is left out and counted once. */
  const add = (
    local: MetricReading,
    from: Shape,
    values: readonly (string | undefined)[],
    numbers: Float64Array,
    startUnixMs: number,
  ): void => {
    const projection = projections.of(from, local)
    if (projection !== undefined)
      mergedOf(local).add(projection.values(values), projection.numbers(numbers), startUnixMs)
    else if (projections.isFirstRefusal(from)) recorder.drop(local.name, 'other_catalog')
  }
  const addendsOf = (locals: ReadonlyMap<string, MetricReading>): Addends => ({
    addOwn() {
      const { clock } = recorder
      for (const local of locals.values()) {
        for (const cell of local.cells())
          mergedOf(local).add(cell.values, numbersOf(local, cell, clock), clock.toUnixMs(cell.startedAtMs))
      }
    },
    addSibling({ series, numbers, applied }, isAlive, removals) {
      const pending = notApplied(removals, applied)
      for (const { metric, shape, values, offset, startUnixMs } of series.values()) {
        const local = locals.get(metric)
        if (local === undefined || metric === MISSING || !(isAlive || outlives(local))) continue
        const from = shape ?? shapeOf(local)
        if (isRemoved(pending, metric, from.labels, values)) continue
        add(local, from, values, numbers.slice(offset, offset + strideOf(from)), startUnixMs)
      }
    },
    addArchived(series) {
      for (const { metric, shape, values, numbers, startUnixMs } of series) {
        const local = locals.get(metric)
        if (local === undefined || metric === MISSING) continue
        const plain = values.map((value) => value ?? undefined)
        add(local, shape ?? shapeOf(local), plain, Float64Array.from(numbers), startUnixMs)
      }
    },
  })
  return {
    sum(addAll) {
      const locals = new Map(recorder.readings().map((local) => [local.name, local]))
      const metrics = [...locals.values()].map(mergedOf)
      for (const metric of metrics) metric.begin()
      addAll(addendsOf(locals))
      for (const metric of metrics) metric.finish()
      return metrics.map(({ reading }) => reading)
    },
    metrics: () => [...merged.values()].map(({ reading }) => reading),
  }
}
