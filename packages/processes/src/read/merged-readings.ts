import type { MetricReading, Recorder } from '@quipu/core'
import { ownerOf, publishedIds, removeLeftovers } from '../identity/group-folder.js'
import { isAlive, type ProcessId } from '../identity/process-id.js'
import { openPublishedProcess, type PublishedProcess } from '../publish/published-process.js'
import { numbersOf, outlives } from '../publish/published-series.js'
import { type Projection, projectionOf, type Shape, shapeOf, strideOf } from '../publish/shape.js'
import { absorb } from '../retain/absorb.js'
import { isRemoved, notApplied } from '../retain/removals.js'
import type { GroupRemoval, RetainedSeries } from '../retain/retained.js'
import { createRetainedStore } from '../retain/retained-store.js'
import { createMergedMetric, type MergedMetric } from './merged-metric.js'

/** A process that has given no sign of life for so long is stopped or stuck: what it counted since is not there. */
const MISSING_AFTER_MS = 5000
/** How many are missing is the affair of who is asked; what others found when they were is no more. */
const MISSING = 'quipu_workers_missing'

/** The readings of all processes of a group as if they were one's. */
export interface MergedReadings {
  readings(): readonly MetricReading[]
  /** Puts away what dead processes have left. For the group's leader alone. */
  tidy(): void
  /** What `readings()` last showed of that which only grows. */
  shown(): readonly RetainedSeries[]
  /** The readings as `shown()` once gave them. */
  showing(series: readonly RetainedSeries[]): readonly MetricReading[]
}

type Locals = ReadonlyMap<string, MetricReading>
type Values = readonly (string | undefined)[]
interface Present {
  readonly sibling: PublishedProcess
  readonly alive: boolean
}

/** What a recorder has of that which only grows, as it is retained. */
export function ownSeries({ readings, clock }: Pick<Recorder, 'readings' | 'clock'>): readonly RetainedSeries[] {
  return readings()
    .filter(onlyGrows)
    .flatMap((reading) =>
      reading.cells().map((cell) => ({
        metric: reading.name,
        shape: shapeOf(reading),
        values: cell.values.map((value) => value ?? null),
        startUnixMs: cell.startedAtUnixMs ?? clock.toUnixMs(cell.startedAtMs),
        numbers: [...numbersOf(reading, cell, clock)],
      })),
    )
}

/** Own numbers come from memory, siblings' from what they published, the dead's from what was retained. */
export function createMergedReadings(
  directory: string,
  own: ProcessId,
  recorder: Pick<Recorder, 'readings' | 'clock' | 'metrics' | 'drop'>,
  retainedStore = createRetainedStore(directory),
): MergedReadings {
  const siblings = new Map<ProcessId, PublishedProcess>()
  const merged = new Map<string, MergedMetric>()
  const projections = createProjections()

  /** Siblings that could be read; those whose files are gone are forgotten. */
  const refresh = (): readonly PublishedProcess[] => {
    const ids = new Set(publishedIds(directory).filter((id) => ownerOf(id) !== own))
    const owners = new Set([...ids].map(ownerOf))
    for (const id of siblings.keys()) {
      // A living process whose files are gone publishes again in a moment: until then it is as it was last read.
      if (!ids.has(id) && (owners.has(ownerOf(id)) || !isAlive(id))) siblings.delete(id)
    }
    for (const id of ids) if (!siblings.has(id)) siblings.set(id, openPublishedProcess(directory, id))
    return [...siblings.values()].filter((sibling) => sibling.refresh() || sibling.beatMs > 0)
  }

  const addOwn = (local: MetricReading, metric: MergedMetric): void => {
    const { clock } = recorder
    for (const cell of local.cells()) {
      metric.add(cell.values, numbersOf(local, cell, clock), clock.toUnixMs(cell.startedAtMs))
    }
  }

  /** Adds a series of any version of the catalogue; what has no place in this one is left out, and counted once. */
  const add = (local: MetricReading, from: Shape, values: Values, numbers: Float64Array, startUnixMs: number): void => {
    const projection = projections.of(from, local)
    if (projection === undefined) {
      if (projections.isFirst(from)) recorder.drop(local.name, 'other_catalog')
    } else merged.get(local.name)?.add(projection.values(values), projection.numbers(numbers), startUnixMs)
  }

  const addSibling = (
    { sibling, alive }: Present,
    locals: Locals,
    removals: readonly GroupRemoval[] | undefined,
  ): void => {
    const pending = notApplied(removals, sibling.applied)
    for (const { metric, shape, values, offset, startUnixMs } of sibling.series.values()) {
      const local = locals.get(metric)
      if (local === undefined || metric === MISSING || !(alive || outlives(local))) continue
      const from = shape ?? shapeOf(local)
      if (isRemoved(pending, metric, from.labels, values)) continue
      add(local, from, values, sibling.numbers.slice(offset, offset + strideOf(from)), startUnixMs)
    }
  }

  const addRetained = (series: readonly RetainedSeries[], locals: Locals): void => {
    for (const { metric, shape, values, numbers, startUnixMs } of series) {
      const local = locals.get(metric)
      if (local === undefined || metric === MISSING) continue
      const plain = values.map((value) => value ?? undefined)
      add(local, shape ?? shapeOf(local), plain, Float64Array.from(numbers), startUnixMs)
    }
  }

  /** Adds up anew, and gives what came of it. */
  const addUp = (add: (locals: Locals) => void): readonly MetricReading[] => {
    const locals = new Map(recorder.readings().map((local) => [local.name, local]))
    const metrics = [...locals.values()].map(mergedOf)
    for (const metric of metrics) metric.begin()
    add(locals)
    for (const metric of metrics) metric.finish()
    return metrics.map(({ reading }) => reading)
  }

  const mergedOf = (local: MetricReading): MergedMetric => {
    let metric = merged.get(local.name)
    if (metric === undefined) {
      metric = createMergedMetric(local)
      merged.set(local.name, metric)
    }
    return metric
  }

  return {
    readings() {
      // Files first and what is retained after: see absorb().
      const readable = refresh()
      const retained = retainedStore.latest()
      const present = readable
        .filter(({ id }) => !retained.absorbed.includes(id))
        .map((sibling) => ({ sibling, alive: !sibling.ended && !sibling.dead && isAlive(sibling.id) }))
      const silentSince = Date.now() - MISSING_AFTER_MS
      const missing = present.filter(({ sibling, alive }) => alive && sibling.beatMs < silentSince)
      recorder.metrics.quipu_workers_missing.set(missing.length)
      return addUp((locals) => {
        for (const local of locals.values()) addOwn(local, mergedOf(local))
        for (const one of present) addSibling(one, locals, retained.removals)
        addRetained(retained.series, locals)
      })
    },
    tidy() {
      const byName = new Map(recorder.readings({ sample: false }).map((local) => [local.name, local]))
      for (const sibling of refresh()) {
        // One that rests may come back, and goes on with the numbers it had.
        if (!sibling.dead && isAlive(sibling.id)) continue
        // Once more: it may have said its last between the reading and its end.
        if (sibling.refresh()) absorb(directory, retainedStore, sibling, byName)
        siblings.delete(sibling.id)
      }
      removeLeftovers(directory)
    },
    shown() {
      const readings = () => [...merged.values()].map(({ reading }) => reading)
      return ownSeries({ readings, clock: recorder.clock })
    },
    showing(series) {
      return addUp((locals) => addRetained(series, locals))
    },
  }
}

function onlyGrows({ spec }: MetricReading): boolean {
  return spec.kind !== 'gauge' && spec.kind !== 'upDownCounter'
}

/** Projections are found once for each shape that is read, and each metric. */
function createProjections(): {
  of(from: Shape, local: MetricReading): Projection | undefined
  /** Whether a shape that has no projection is met for the first time. */
  isFirst(from: Shape): boolean
} {
  const known = new WeakMap<Shape, { readonly local: MetricReading; readonly projection: Projection | undefined }>()
  const refused = new WeakSet<Shape>()
  return {
    of(from, local) {
      const found = known.get(from)
      if (found?.local === local) return found.projection
      const projection = projectionOf(from, shapeOf(local))
      known.set(from, { local, projection })
      return projection
    },
    isFirst(from) {
      const isFirst = !refused.has(from)
      refused.add(from)
      return isFirst
    },
  }
}
