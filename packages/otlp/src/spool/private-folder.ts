import { closeSync, constants, existsSync, fstatSync, lstatSync, mkdirSync, openSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { QuipuError } from '@quipu/catalog/builtin'

/** An open folder that no other user owns or can write to. */
export interface PrivateFolder {
  readonly path: string
  /**
   * The path by which to reach something in it. Where the system has paths of open descriptors, it leads to this folder
   * whatever is done to the folders above; elsewhere that is checked with each call.
   * @throws an error of the system when the folder is not there any more
   */
  at(name: string): string
  /** Whether its path still leads to it. */
  isThere(): boolean
  close(): void
}

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
/** Windows opens no folders and has no numbers of owners. */
const hasDescriptors = process.platform !== 'win32'
/** Node's permission model does not know these paths. */
const hasDescriptorPaths = existsSync('/proc/self/fd') && Reflect.get(process, 'permission') === undefined

/**
 * Opens a folder of a spool's directory; makes both where they are missing.
 * @throws QuipuError QUIPU_SPOOL_REFUSED for a link and for what another user owns or can write to; an error of the system
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
 * Checks a spool's directory, where it exists already.
 * @throws QuipuError QUIPU_SPOOL_REFUSED
 */
export function checkSpoolDirectory(path: string): void {
  const stat = statOf(path)
  if (stat === undefined || !hasDescriptors) return
  if (stat.isSymbolicLink()) throw refusal(path, 'a symbolic link')
  if (stat.isDirectory() && isTopRefused(stat)) throw refusal(path, describe(stat))
}

/** Another user owns it or can write to it. */
function isRefused({ uid, mode }: Stats): boolean {
  return uid !== process.getuid?.() || (mode & 0o022) !== 0
}

/** A volume that belongs to root may be open to all, as orchestrators mount it: only this user's own folders in it are used. */
function isTopRefused(stat: Stats): boolean {
  const isVolume = stat.uid === 0 && process.getuid?.() !== 0
  return !isVolume && isRefused(stat)
}

/** @param reach by which to reach the path, when that is an open folder's */
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
      // The number of a closed descriptor may be another file's by now.
      if (!isOpen || (!hasDescriptorPaths && !isThere())) throw notThere(path)
      return hasDescriptorPaths ? `/proc/self/fd/${fd}/${name}` : join(path, name)
    },
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

/** Node's own recursive mkdir reports ENOENT for a disk that is read-only: step by step it reports why. */
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
