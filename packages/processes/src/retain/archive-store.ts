import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, tryMake } from '../identity/make-once.js'
import { numbersOfFiles } from '../identity/numbered-files.js'
import { readText } from '../identity/read-file.js'
import { type Archive, parseArchive } from './archive.js'

const PREFIX = 'archive-'
/** Maximum number of replacements of a file between listing the folder and reading the file. */
const MAX_LOOKS = 100

/** The archive of a group, which every process reads. Concurrent changes are not lost. */
export interface ArchiveStore {
  /** Reads the newest archive. @throws Error if it exists and is unreadable, which differs from an empty one */
  read(): Archive
  /** Returns the newest archive, or the last one read if it is unreadable. Never throws. */
  latest(): Archive
  /** Writes the last archive again if the folder was cleared. */
  restore(): void
  /** The number of the last archive read; each change uses the next number. */
  readonly number: number
  /** Replaces the newest archive by the result of `next`. Returns false if another process was faster. */
  change(next: (before: Archive, number: number) => Archive): boolean
}

/**
 * Archives are numbered like leaders: `archive-8` is derived from `archive-7`, and only one process can create it. Thus
 * a process that was stopped between reading and writing (two may briefly both consider themselves leaders) does not
 * replace a newer archive by an old one, which would decrease counters.
 */
export function createArchiveStore(directory: string): ArchiveStore {
  let number = 0
  let known: Archive = { archived: [], series: [] }
  const fileOf = (of: number): string => join(directory, `${PREFIX}${of}`)
  const newest = (): number => numbersOfFiles(directory, PREFIX).at(-1) ?? 0

  const read = (): Archive => {
    for (let look = 0; look < MAX_LOOKS; look++) {
      const found = newest()
      // An archive never changes. A smaller number than the known one means that the folder was cleared.
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
        // The number had been used before: the change was not based on the newest archive.
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
