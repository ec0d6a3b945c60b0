import { randomUUID } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { SpoolOwners } from '../export-context.js'

/** The folders below a spool's directory: one a process, named after it, and those that dead processes have left. */
export interface SpoolFolders {
  /** Where this process writes; made when it is not there (any more). */
  own(): string
  /** Takes over what dead processes have left. Of several that try, one gets a folder: a rename is atomic. */
  adopt(): readonly string[]
  /** Removes what is empty of these, and gives the rest to whoever comes next. */
  leave(): void
}

const FREE = 'free'

export function createSpoolFolders(directory: string, owners: SpoolOwners): SpoolFolders {
  const fresh = (): string => join(directory, `${owners.own}_${randomUUID().slice(0, 8)}`)
  const own = fresh()
  const held = new Set([own])

  return {
    own() {
      makeFolder(own)
      // Whoever made the directory above may have been generous: this one is ours alone.
      chmodSync(own, 0o700)
      return own
    },
    adopt() {
      const adopted: string[] = []
      for (const name of foldersIn(directory)) {
        const path = join(directory, name)
        if (held.has(path) || !isLeft(name, owners) || !isOurs(path)) continue
        const mine = fresh()
        if (!tryRename(path, mine)) continue
        held.add(mine)
        adopted.push(mine)
      }
      return adopted
    },
    leave() {
      for (const path of held) if (!tryRemove(path)) tryRename(path, join(directory, `${FREE}_${randomUUID()}`))
      held.clear()
    },
  }
}

/** Node's own recursive mkdir says ENOENT of a disk that is only read: step by step it says why. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return
    if (code !== 'ENOENT') throw error
    makeFolder(dirname(path))
    mkdirSync(path, { mode: 0o700 })
  }
}

function foldersIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function isLeft(name: string, { isAlive }: SpoolOwners): boolean {
  const [, owner] = /^([^_]+)_/.exec(name) ?? []
  return owner !== undefined && (owner === FREE || (/^\d+-/.test(owner) && !isAlive(owner)))
}

/** A link, or another user's folder, may be a trap: what is in it would be sent in our name. */
function isOurs(path: string): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isDirectory() && (process.getuid === undefined || stat.uid === process.getuid())
  } catch {
    return false
  }
}

function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to)
    return true
  } catch {
    // Another process was faster.
    return false
  }
}

function tryRemove(path: string): boolean {
  try {
    rmdirSync(path)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT'
  }
}
