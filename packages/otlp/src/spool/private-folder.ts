import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { QuipuError } from '@quipu/catalog/builtin'

/** An open folder that no other user owns or can write to. */
export interface PrivateFolder {
  readonly path: string
  /**
   * Returns the path of an entry. If the system has paths of open descriptors, it leads to this folder even if folders
   * above it are replaced; on other systems each call checks that.
   * @throws an error of the system if the folder no longer exists
   */
  at(name: string): string
  /** Whether its path still leads to it. */
  isThere(): boolean
  close(): void
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
/** Windows cannot open folders and has no numeric owners. */
const hasDescriptors = process.platform !== 'win32'
/** Node's permission model does not support these paths, and `existsSync` throws under it. */
const hasDescriptorPaths = Reflect.get(process, 'permission') === undefined && existsSync('/proc/self/fd')

/**
 * Opens a folder in a spool's directory, and creates both if missing.
 * @throws QuipuError QUIPU_SPOOL_REFUSED for a link, and if another user owns it or can write to it; an error of the
 * system
 */
export function openPrivateFolder(directory: string, name: string): PrivateFolder {
  const top = open(directory, directory, isTopRefused)
  try {
    return open(join(directory, name), top.at(name), isRefused)
  } finally {
    top.close()
  }
}

/**
 * Checks a spool's directory, if it exists.
 * @throws QuipuError QUIPU_SPOOL_REFUSED
 */
export function checkSpoolDirectory(path: string): void {
  const stat = statOf(path)
  if (stat === undefined || !hasDescriptors) return
  if (stat.isSymbolicLink()) throw refusal(path, 'a symbolic link')
  if (stat.isDirectory() && isTopRefused(stat)) throw refusal(path, describe(stat))
}

/** Whether another user owns it or can write to it. */
function isRefused({ uid, mode }: Stats): boolean {
  return uid !== process.getuid?.() || (mode & 0o022) !== 0
}

/** A volume of root may be open to all, as orchestrators mount it; only this user's own folders in it are used. */
function isTopRefused(stat: Stats): boolean {
  const isVolume = stat.uid === 0 && process.getuid?.() !== 0
  return !isVolume && isRefused(stat)
}

/** @param reach path to use for access, if the folder above is open */
function open(path: string, reach: string, isRefused: (stat: Stats) => boolean): PrivateFolder {
  makeFolder(reach)
  if (!hasDescriptors)
    return { path, at: (name) => join(path, name), isThere: () => existsSync(path), close: () => undefined }
  const fd = openDescriptor(path, reach)
  const own = fstatSync(fd)
  if (isRefused(own)) {
    closeSync(fd)
    throw refusal(path, describe(own))
  }
  let isOpen = true
  const isThere = (): boolean => isOpen && isSame(statOf(path), own)
  return {
    path,
    isThere,
    at(name) {
      // The number of a closed descriptor may belong to another file.
      if (!isOpen || (!hasDescriptorPaths && !isThere())) throw notThere(path)
      return hasDescriptorPaths ? `/proc/self/fd/${fd}/${name}` : join(path, name)
    },
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

/** Node's recursive mkdir reports ENOENT for a read-only disk; step by step, the reason is correct. */
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

function openDescriptor(path: string, reach: string): number {
  try {
    return openSync(reach, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  } catch (error) {
    if (statOf(path)?.isSymbolicLink() === true) throw refusal(path, 'a symbolic link')
    throw error
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}

function isSame(a: Stats | undefined, b: Stats): boolean {
  return a?.ino === b.ino && a.dev === b.dev
}

function notThere(path: string): Error {
  return Object.assign(new Error(`${path} is not there`), { code: 'ENOENT' })
}

function describe({ uid, mode }: Stats): string {
  return `owner ${uid}, mode ${(mode & 0o777).toString(8)}; this process has user ${process.getuid?.()}`
}

function refusal(path: string, got: string): QuipuError {
  return new QuipuError('QUIPU_SPOOL_REFUSED', {
    what: `The spool does not use ${path}: another user could read, change or redirect what is in it.`,
    got,
    fix: 'name a folder that belongs to the user of this process and that only this user may write to (chmod 700)',
  })
}
