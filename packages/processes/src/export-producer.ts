import { renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ImmediateMetricProducer, MetricReading, ProducerOptions } from '@quipu/store'
import type { GroupRecorder } from './group-recorder.js'
import type { JoinedGroup } from './joined-group.js'
import { growingSeries, type MergedReadings } from './read/merged-readings.js'
import { type Archive, type ArchivedSeries, readArchive, writeArchive } from './retain/archive.js'

/** What was exported: a back end has it, or a process sends it from its spool. */
const EXPORTED = 'exported.json'
/** What is exported if the attempt in progress succeeds; it is not on disk. */
const EXPORTING = 'exporting.json'
/** What is exported once all files named in it are written; nothing of them is sent before. */
const SPOOLING = 'spooling.json'

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

/** Notes about an export. The next leader does not export points again that they report as exported. */
export interface ExportNotes {
  /** The collected points are being written to these files and are not sent yet. Returns whether this is noted. */
  storing(files: readonly string[]): boolean
  /** All files are written. Returns false if another process leads by now and exports these points itself. */
  stored(): boolean
  /** The points are being sent and are not on disk. */
  sending(): void
  /** The attempt is over. `isExported`: every point is delivered or on disk. */
  tried(isExported: boolean): void
}

interface Exporter {
  readonly recorder: GroupRecorder
  readonly make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer
  readonly options: GroupProducerOptions
  /** The group, if it exists already. */
  readonly joinIfNamed: () => unknown
  /** Calls the listener when this process joins the group, before it tries to lead; at once if it has joined. */
  onJoin(listener: (group: JoinedGroup) => void): void
}

type Collection = ReturnType<ImmediateMetricProducer['collectNow']>
type ScopeMetrics = Collection['resourceMetrics']['scopeMetrics']

/**
 * Creates a producer that exports the recorder's own values while this process is alone, and later those of the group.
 */
export function createExportProducer({ recorder, make, options, joinIfNamed, onJoin }: Exporter): GroupProducer {
  const isDelta = options.temporality === 'delta'
  const alone = isDelta ? deltaProducerOf(recorder, make) : make(recorder.readings)
  let joined: GroupProducer | undefined
  /** Deltas that were collected alone and are not exported yet. */
  let pending: ScopeMetrics = []
  let isAlone = true
  joinIfNamed()
  onJoin((group) => {
    if (isDelta && isAlone && group.wasAlone) {
      pending = alone.collectNow().resourceMetrics.scopeMetrics
      writeNote(group.folder, EXPORTED, growingSeries(recorder), [])
    }
    isAlone = false
    joined = createGroupProducer(group.folder, { ...group, ...group.exporterReadings() }, make, options)
  })
  const collectNow = (): Collection => {
    joinIfNamed()
    const result = (joined ?? alone).collectNow()
    if (pending.length === 0) return result
    const { resource, scopeMetrics } = result.resourceMetrics
    const all = [...pending, ...scopeMetrics]
    pending = []
    return { ...result, resourceMetrics: { resource, scopeMetrics: all } }
  }
  return {
    collectNow,
    collect: async () => collectNow(),
    notes: isDelta
      ? {
          storing: (files) => joined?.notes?.storing(files) ?? false,
          stored: () => joined?.notes?.stored() ?? true,
          sending: () => joined?.notes?.sending(),
          tried: (isExported) => joined?.notes?.tried(isExported),
        }
      : undefined,
  }
}

/** A recorder's deltas continue after a shutdown and a new start. */
const deltaProducers = new WeakMap<object, ImmediateMetricProducer>()

function deltaProducerOf(recorder: GroupRecorder, make: Exporter['make']): ImmediateMetricProducer {
  const producer = deltaProducers.get(recorder) ?? make(recorder.readings)
  deltaProducers.set(recorder, producer)
  return producer
}

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
  make: Exporter['make'],
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
      takeBack(directory, isSpoolFile)
      tryRename(directory, EXPORTING, EXPORTED)
      collectFrom(() => group.showing(readArchive(directory, EXPORTED).series))
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
    notes: isDelta ? createNotes(directory, group.leads, () => collected) : undefined,
  }
}

/** A replaced leader must not undo the notes of its successor: each note checks whether it still leads. */
function createNotes(directory: string, leads: () => boolean, collected: () => readonly ArchivedSeries[]): ExportNotes {
  let note: typeof SPOOLING | typeof EXPORTING | undefined
  let noted: readonly ArchivedSeries[] | undefined
  const tryWrite = (file: string, files: readonly string[]): boolean => {
    noted = collected()
    return writeNote(directory, file, noted, files)
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
      // All points in progress are on disk as well.
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

/** Returns whether the write succeeded. */
function writeNote(
  directory: string,
  file: string,
  series: readonly ArchivedSeries[],
  files: readonly string[],
): boolean {
  try {
    writeArchive(directory, { archived: [], series, files }, file)
    return true
  } catch {
    return false
  }
}

/** Removes the files that a leader was writing when it was killed, because all their points are exported again. */
function takeBack(directory: string, isSpoolFile: (name: string) => boolean): void {
  const note: Archive & { readonly files?: unknown } = readArchive(directory, SPOOLING)
  for (const file of Array.isArray(note.files) ? note.files.map(String) : []) {
    if (isSpoolFile(basename(file))) tryRemove(file)
  }
  tryRemove(join(directory, SPOOLING))
}

function tryRemove(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // If even that fails, the note stays.
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
