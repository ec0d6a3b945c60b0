import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, tryMake } from '../identity/make-once.js'
import { numbersOfFiles } from '../identity/numbered-files.js'
import { readText } from '../identity/read-file.js'
import { type Archive, parseArchive } from './archive.js'

const PREFIX = 'archive-'
/** How often a file may be replaced by a newer one between listing the folder and reading the file. */
const MAX_LOOKS = 100

/** The archive of a group. Every process reads it; a process that changes it loses nothing that another has added. */
export interface ArchiveStore {
  /** Reads the newest archive. @throws Error when it exists and cannot be read: that is not the same as an empty one */
  read(): Archive
  /** The newest archive, or the one that was read last when that cannot be read. Never throws. */
  latest(): Archive
  /** Writes the archive that was read last, if the folder was cleared since. */
  restore(): void
  /** The number of the archive that was read last; each change takes the next number. */
  readonly number: number
  /** Replaces the newest archive by what `next` makes of it. Returns false when another process was faster. */
  change(next: (before: Archive, number: number) => Archive): boolean
}

/**
 * Archives are numbered, as leaders are: `archive-8` is made of `archive-7`, and only one process can create it. So a
 * process that was stopped between reading and writing (two may take themselves for the leader for a moment) does not
 * replace a newer archive by an old one, which would make counters go down.
 */
export function createArchiveStore(directory: string): ArchiveStore {
  let number = 0
  let known: Archive = { archived: [], series: [] }
  const fileOf = (of: number): string => join(directory, `${PREFIX}${of}`)
  const newest = (): number => numbersOfFiles(directory, PREFIX).at(-1) ?? 0

  const read = (): Archive => {
    for (let look = 0; look < MAX_LOOKS; look++) {
      const found = newest()
      // An archive never changes. An older one than the known one: the folder was cleared.
      if (found <= number) return known
      try {
        known = parseArchive(readText(fileOf(found)))
        number = found
        return known
      } catch (error) {
        if (!hasCode(error, 'ENOENT')) throw error
      }
    }
    return known
  }

  return {
    read,
    latest() {
      try {
        return read()
      } catch {
        return known
      }
    },
    restore() {
      if (number > 0 && newest() < number) tryMake(directory, `${PREFIX}${number}`, JSON.stringify(known))
    },
    get number() {
      return number
    },
    change(next) {
      const before = read()
      const made = number + 1
      const after = next(before, made)
      if (!tryMake(directory, `${PREFIX}${made}`, JSON.stringify(after))) return false
      const numbers = numbersOfFiles(directory, PREFIX)
      if (numbers.at(-1) !== made) {
        // The number had been used before: what was changed was not the newest archive.
        rmSync(fileOf(made), { force: true })
        return false
      }
      known = after
      number = made
      for (const older of numbers) if (older < made) rmSync(fileOf(older), { force: true })
      return true
    },
  }
}
