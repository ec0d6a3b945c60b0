import type { ImmediateMetricProducer, MetricReading, ProducerOptions } from '@quipu/store'
import { createExportNotes, type ExportNotes, takeOverNotes } from './export-notes.js'
import type { MergedReadings } from './read/merged-readings.js'
import type { ArchivedSeries } from './retain/archive.js'

/** Options of a group's producer. */
export interface GroupProducerOptions extends ProducerOptions {
  /** Whether a file name is one of the exporter's spool; no other file is ever removed. */
  readonly isSpoolFile: (name: string) => boolean
}

/** The producer of a push reader in a group. */
export interface GroupProducer extends ImmediateMetricProducer {
  /** For deltas only: notes for the next leader about this process's exports. */
  readonly notes: ExportNotes | undefined
}

/** Creates a producer of these readings. */
export type MakeProducer = (readings: () => readonly MetricReading[]) => ImmediateMetricProducer

type Collection = ReturnType<ImmediateMetricProducer['collectNow']>

interface Group extends Pick<MergedReadings, 'readings' | 'shown' | 'showing'> {
  leads(): boolean
  onLead(listener: () => void): void
}

/**
 * Creates a producer that has points only while this process leads. Deltas are relative to the last export of the
 * previous leader: a leader notes what it has exported, and its successor continues there, so that nothing between two
 * leaders is lost. Points that a leader was writing to disk when it was killed are exported again. For an attempt whose
 * points were not on disk the outcome is unknown; it counts as exported, because points cannot be withdrawn.
 */
export function createGroupProducer(
  directory: string,
  group: Group,
  make: MakeProducer,
  { temporality, isSpoolFile }: GroupProducerOptions,
): GroupProducer {
  const isDelta = temporality === 'delta'
  let source: () => readonly MetricReading[] = () => []
  let collected: readonly ArchivedSeries[] = []
  const producer = make(() => source())
  const collectFrom = (readings: typeof source): Collection => {
    source = readings
    return producer.collectNow()
  }
  if (isDelta) {
    group.onLead(() => {
      const exported = takeOverNotes(directory, isSpoolFile)
      collectFrom(() => group.showing(exported))
    })
  }

  const collectNow = (): Collection => {
    if (!group.leads()) return collectFrom(() => [])
    const result = collectFrom(group.readings)
    if (isDelta) collected = group.shown()
    return result
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    notes: isDelta ? createExportNotes(directory, group.leads, () => collected) : undefined,
  }
}
