import type { MetricReading, Store } from '@quipu/store'
import { removeLeftovers } from '../identity/group-folder.js'
import { isAlive, type ProcessId } from '../identity/process-id.js'
import { numbersOf } from '../publish/published-series.js'
import { shapeOf } from '../publish/shape.js'
import type { ArchivedSeries } from '../retain/archive.js'
import { archiveProcess } from '../retain/archive-process.js'
import { createArchiveStore } from '../retain/archive-store.js'
import { openSiblings } from './siblings.js'
import { createSummation, type SummedRecorder } from './summation.js'

/** A process that has given no sign of life for so long is stopped or stuck: what it counted since is missing. */
const MISSING_AFTER_MS = 5000

/** The readings of all processes of a group as if they were one's. */
export interface MergedReadings {
  readings(): readonly MetricReading[]
  /** Archives dead processes. For the leader of the group only. */
  tidy(): void
  /** The series that can only grow, as `readings()` showed them last. */
  shown(): readonly ArchivedSeries[]
  /** Readings of such series alone. */
  showing(series: readonly ArchivedSeries[]): readonly MetricReading[]
}

/** Own numbers come from memory, those of living processes from what they published, those of ended ones from the archive. */
export function createMergedReadings(
  directory: string,
  own: ProcessId,
  recorder: SummedRecorder,
  archiveStore = createArchiveStore(directory),
): MergedReadings {
  const siblings = openSiblings(directory, own)
  const summation = createSummation(recorder)
  return {
    readings() {
      // The files first and the archive after them: see archiveProcess().
      const readable = siblings.refresh()
      const { archived, removals, series } = archiveStore.latest()
      const present = readable
        .filter(({ id }) => !archived.includes(id))
        .map((sibling) => ({ sibling, isLive: !sibling.ended && !sibling.dead && isAlive(sibling.id) }))
      const silentSince = Date.now() - MISSING_AFTER_MS
      const missing = present.filter(({ sibling, isLive }) => isLive && sibling.beatMs < silentSince)
      recorder.metrics.quipu_workers_missing.set(missing.length)
      return summation.sum(({ addOwn, addSibling, addArchived }) => {
        addOwn()
        for (const { sibling, isLive } of present) addSibling(sibling, isLive, removals)
        addArchived(series)
      })
    },
    tidy() {
      const byName = new Map(recorder.readings({ sample: false }).map((local) => [local.name, local]))
      for (const sibling of siblings.refresh()) {
        // A living process that has left may come back, and goes on with the numbers it had.
        if (!sibling.dead && isAlive(sibling.id)) continue
        // It may have published its last numbers between the reading and its end.
        if (sibling.refresh()) archiveProcess(directory, archiveStore, sibling, byName)
        siblings.forget(sibling)
      }
      removeLeftovers(directory)
    },
    shown: () => growingSeries({ readings: summation.metrics, clock: recorder.clock }),
    showing: (series) => summation.sum(({ addArchived }) => addArchived(series)),
  }
}

/** The series of a recorder that can only grow, in the form of the archive. */
export function growingSeries({ readings, clock }: Pick<Store, 'readings' | 'clock'>): readonly ArchivedSeries[] {
  return readings()
    .filter(({ spec }) => spec.kind !== 'gauge' && spec.kind !== 'upDownCounter')
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
