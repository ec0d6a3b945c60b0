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

/** A process without a sign of life for this time is stopped or stuck: its later counts are missing. */
const MISSING_AFTER_MS = 5000

/** The readings of all processes of a group, merged. */
export interface MergedReadings {
  readings(): readonly MetricReading[]
  /** Archives dead processes. Only for the leader of the group. */
  tidy(): void
  /** The series that only increase, as `readings()` last returned them. */
  shown(): readonly ArchivedSeries[]
  /** Readings of these series only. */
  showing(series: readonly ArchivedSeries[]): readonly MetricReading[]
}

/**
 * This process's values come from memory, those of other living processes from their publications, those of ended ones
 * from the archive.
 */
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
      // First the files, then the archive: see archiveProcess().
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
        // A living process that has left may return and continue with its values.
        if (!sibling.dead && isAlive(sibling.id)) continue
        // It may have published its last values between the reading and its end.
        if (sibling.refresh()) archiveProcess(directory, archiveStore, sibling, byName)
        siblings.forget(sibling)
      }
      removeLeftovers(directory)
    },
    shown: () => growingSeries({ readings: summation.metrics, clock: recorder.clock }),
    showing: (series) => summation.sum(({ addArchived }) => addArchived(series)),
  }
}

/** The series of a recorder that only increase, in the archive's form. */
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
