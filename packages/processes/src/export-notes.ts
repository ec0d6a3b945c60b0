import { renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Archive, type ArchivedSeries, readArchive, writeArchive } from './retain/archive.js'

/** What was exported: a back end has it, or a process sends it from its spool. */
const EXPORTED = 'exported.json'
/** What is exported if the attempt in progress succeeds; it is not on disk. */
const EXPORTING = 'exporting.json'
/** What is exported once all files named in it are written; nothing of them is sent before. */
const SPOOLING = 'spooling.json'

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

/** A replaced leader must not undo the notes of its successor: each note checks whether it still leads. */
export function createExportNotes(
  directory: string,
  leads: () => boolean,
  collected: () => readonly ArchivedSeries[],
): ExportNotes {
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

/**
 * Continues where the previous leader ended: what it was writing to disk when it was killed is exported again.
 * @returns the series that count as exported
 */
export function takeOverNotes(directory: string, isSpoolFile: (name: string) => boolean): readonly ArchivedSeries[] {
  takeBack(directory, isSpoolFile)
  tryRename(directory, EXPORTING, EXPORTED)
  return readArchive(directory, EXPORTED).series
}

/** Notes that these series are exported. */
export function noteExported(directory: string, series: readonly ArchivedSeries[]): void {
  writeNote(directory, EXPORTED, series, [])
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
