import { renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ImmediateMetricProducer, MetricReading, ProducerOptions } from '@quipu/core'
import type { MergedReadings } from './read/merged-readings.js'
import { type Retained, type RetainedSeries, readRetained, writeRetained } from './retain/retained.js'

/** What the back end was told, or finds on the disk of somebody who sends it. */
const EXPORTED = 'exported.json'
/** What is told when the attempt that is under way is: it is not on disk. */
const EXPORTING = 'exporting.json'
/** What is told when the files are all written that it names; nothing of them is sent until then. */
const SPOOLING = 'spooling.json'

/** Options of a group's producer. */
export interface GroupProducerOptions extends ProducerOptions {
  /** Whether a file name is one that the exporter's spool gives its batches; no other file is ever removed. */
  readonly isSpoolFile: (name: string) => boolean
}

/** What a push reader of a group exports. */
export interface GroupProducer extends ImmediateMetricProducer {
  /** For deltas only: what the next leader has to know about the exports of this one. */
  readonly notes: ExportNotes | undefined
}

/** Notes about an export. The next leader does not export again what they report as exported. */
export interface ExportNotes {
  /** The collected points are being written to these files, and are not sent yet. Returns whether that is noted. */
  storing(files: readonly string[]): boolean
  /** All files are written. Returns false when another process leads by now: it exports these points itself. */
  stored(): boolean
  /** The points are being sent and are not on disk. */
  sending(): void
  /** The attempt is over; `isExported`: every point is with the back end or on disk. */
  tried(isExported: boolean): void
}

interface Group extends Pick<MergedReadings, 'readings' | 'shown' | 'showing'> {
  leads(): boolean
  onLead(listener: () => void): void
}

/**
 * A producer that gives something while this process leads only. Deltas are since the last export of whoever led before:
 * a leader leaves behind what it had told the back end, and its successor begins there, so that nothing between two
 * leaders is lost. What a leader was killed over while it put it on disk is taken back and told anew. Of an attempt with
 * what was not on disk nobody knows what became; it counts as told, since what is told twice cannot be taken back.
 */
export function createGroupProducer(
  directory: string,
  group: Group,
  make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
  { temporality, isSpoolFile }: GroupProducerOptions,
): GroupProducer {
  const isDelta = temporality === 'delta'
  let source: () => readonly MetricReading[] = () => []
  let collected: readonly RetainedSeries[] = []
  const producer = make(() => source())
  const collectFrom = (readings: typeof source): ReturnType<ImmediateMetricProducer['collectNow']> => {
    source = readings
    return producer.collectNow()
  }
  if (isDelta) {
    group.onLead(() => {
      takeBack(directory, isSpoolFile)
      tryRename(directory, EXPORTING, EXPORTED)
      collectFrom(() => group.showing(readRetained(directory, EXPORTED).series))
    })
  }

  const collectNow = (): ReturnType<ImmediateMetricProducer['collectNow']> => {
    if (!group.leads()) return collectFrom(() => [])
    const result = collectFrom(group.readings)
    if (isDelta) collected = group.shown()
    return result
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    notes: isDelta ? createNotes(directory, group.leads, () => collected) : undefined,
  }
}

/** Who was replaced meanwhile must not take back what its successor has noted: each asks whether it leads. */
function createNotes(directory: string, leads: () => boolean, collected: () => readonly RetainedSeries[]): ExportNotes {
  let note: typeof SPOOLING | typeof EXPORTING | undefined
  let noted: readonly RetainedSeries[] | undefined
  const tryWrite = (file: string, files: readonly string[]): boolean => {
    noted = collected()
    try {
      writeRetained(directory, { absorbed: [], series: noted, files }, file)
      return true
    } catch {
      return false
    }
  }
  return {
    storing(files) {
      if (!leads() || !tryWrite(SPOOLING, files)) return false
      note = SPOOLING
      return true
    },
    stored() {
      if (!leads()) return false
      if (note !== SPOOLING) return true
      note = undefined
      // All that was under way is on disk as well.
      tryRemove(join(directory, EXPORTING))
      return tryRename(directory, SPOOLING, EXPORTED)
    },
    sending() {
      if (!leads() || (note === EXPORTING && noted === collected())) return
      const isThere = note === SPOOLING && tryRename(directory, SPOOLING, EXPORTING)
      note = isThere || tryWrite(EXPORTING, []) ? EXPORTING : undefined
    },
    tried(isExported) {
      if (note !== EXPORTING || !leads()) return
      note = undefined
      if (isExported) tryRename(directory, EXPORTING, EXPORTED)
      else tryRemove(join(directory, EXPORTING))
    },
  }
}

/** Removes what a leader was killed over while it put it on disk: it is told anew, whole. */
function takeBack(directory: string, isSpoolFile: (name: string) => boolean): void {
  const note: Retained & { readonly files?: unknown } = readRetained(directory, SPOOLING)
  for (const file of Array.isArray(note.files) ? note.files.map(String) : []) {
    if (isSpoolFile(basename(file))) tryRemove(file)
  }
  tryRemove(join(directory, SPOOLING))
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // A disk that does not even do that: what it says stays as it is.
  }
}

function tryRename(directory: string, from: string, to: string): boolean {
  try {
    renameSync(join(directory, from), join(directory, to))
    return true
  } catch {
    // Nothing was noted.
    return false
  }
}
