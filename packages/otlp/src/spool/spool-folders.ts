import { randomUUID } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import type { SpoolOwners } from '../export-context.js'
import { openPrivateFolder, type PrivateFolder } from './private-folder.js'

/** The folders of one signal in a spool: one per process, named after it, and those of dead processes. */
export interface SpoolFolders {
  /** Returns the name of this process's folder, which is created if missing. */
  own(): string
  /** Returns the path to access a file of a folder. */
  at(folder: string, file?: string): string
  /** Returns the path for other processes. */
  pathOf(folder: string, file: string): string
  /** Takes over the folders of dead processes. Of several processes, one gets a folder, because a rename is atomic. */
  adopt(): readonly string[]
  /** Removes this process's empty folders, and leaves the others to the next process. */
  leave(): void
}

const FREE = 'free'

/**
 * @param signal `metrics` or `logs`: a folder in the spool's directory, private to this user, which contains all others
 */
export function createSpoolFolders(directory: string, signal: string, owners: SpoolOwners): SpoolFolders {
  const fresh = (): string => `${owners.own}_${randomUUID().slice(0, 8)}`
  const own = fresh()
  const held = new Set([own])
  let opened: PrivateFolder | undefined

  /** Opened again if its path leads elsewhere, because clean-up programs remove folders. */
  function folder(): PrivateFolder {
    if (opened?.isThere() === true) return opened
    opened?.close()
    opened = undefined
    opened = openPrivateFolder(directory, signal)
    return opened
  }

  return {
    own() {
      const path = folder().at(own)
      if (!isFolder(path)) mkdirSync(path, { mode: 0o700 })
      return own
    },
    at(name, file = '') {
      if (opened === undefined) throw Object.assign(new Error('folder not there'), { code: 'ENOENT' })
      return join(opened.at(name), file)
    },
    pathOf: (name, file) => join(directory, signal, name, file),
    adopt() {
      if (!isFolder(join(directory, signal))) return []
      const all = folder()
      return readdirSync(all.at('.')).flatMap((name) => {
        const mine = fresh()
        if (held.has(name) || !isLeft(name, owners) || !isFolder(all.at(name))) return []
        if (!tryRename(all.at(name), all.at(mine))) return []
        held.add(mine)
        return [mine]
      })
    },
    leave() {
      const all = opened
      if (all === undefined) return
      for (const name of held) if (!tryRemove(all.at(name))) tryRename(all.at(name), all.at(`${FREE}_${randomUUID()}`))
      held.clear()
      all.close()
    },
  }
}

function isLeft(name: string, { isAlive }: SpoolOwners): boolean {
  const [, owner] = /^([^_]+)_/.exec(name) ?? []
  return owner !== undefined && (owner === FREE || (/^\d+-/.test(owner) && !isAlive(owner)))
}

/** Whether it is a folder of this user, and not a link. */
function isFolder(path: string): boolean {
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
