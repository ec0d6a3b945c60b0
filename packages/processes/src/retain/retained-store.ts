import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode, tryMake } from '../identity/make-once.js'
import { numbersOfFiles } from '../identity/numbered-files.js'
import { readText } from '../identity/read-file.js'
import { parseRetained, type Retained } from './retained.js'

const PREFIX = 'retained-'
/** Times that a file may go between its being listed and its being read, each for the sake of a newer one. */
const MAX_LOOKS = 100

/** What a group keeps in common; everybody reads it, and whoever changes it loses nothing that another has put in. */
export interface RetainedStore {
  /** What is retained now. @throws Error when it is there and cannot be read: that is not the same as nothing */
  read(): Retained
  /** What was last read, or what is retained now when that can be read. */
  latest(): Retained
  /** Writes what was last read when it is there no more: the folder was cleared. */
  restore(): void
  /** The number of the state that was last read; each change has the next. */
  readonly number: number
  /** Puts what `next` makes of the newest state in its place; false when another was faster, and nothing was changed. */
  change(next: (before: Retained, number: number) => Retained): boolean
}

/**
 * States are numbered, as leaders are: `retained-8` is made of `retained-7`, and one process alone can make it.
 * So nobody who was held up between reading and writing (two can take themselves for the leader for a moment, after one
 * of them was stopped) puts an old state over a newer one, which would make counters go down.
 */
export function createRetainedStore(directory: string): RetainedStore {
  let number = 0
  let known: Retained = { absorbed: [], series: [] }
  const fileOf = (of: number): string => join(directory, `${PREFIX}${of}`)
  const newest = (): number => numbersOfFiles(directory, PREFIX).at(-1) ?? 0

  const read = (): Retained => {
    for (let look = 0; look < MAX_LOOKS; look++) {
      const found = newest()
      // A state never changes. An older one than that which we know: somebody has cleared the folder.
      if (found <= number) return known
      try {
        known = parseRetained(readText(fileOf(found)))
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
        // That number had been, and gone: what was changed was not the newest.
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
