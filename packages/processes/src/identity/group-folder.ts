import { lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { listFiles } from './list-files.js'
import { endsWithUs, isAlive, type ProcessId, processKey } from './process-id.js'
import { publishedIds } from './publications.js'

const PREFIX = 'quipu-'
/** All files of Quipu in a group's folder. A folder named by a user may contain others, which are not removed. */
const OURS =
  /^(instance|id-key|port|application|leader-|archive-|export(ed|ing)\.json|spooling\.json)|\.(series(\.new)?|numbers)$/

/** The files of one process: `<what>.<id>` while being written, `<id>.<ending>` when published. */
const LEFTOVER =
  /^(?:(?<base>instance|id-key|port|application|leader-\w+|archive-\d+|exported\.json|exporting\.json|spooling\.json)\.)?(?<id>\d+-\w+-\d+t\d+[\w-]*)(?:\.(?<ending>series|numbers|series\.new))?$/

/**
 * Opens the folder of a group, and creates it if missing, readable by its owner only (0700).
 *
 * @throws Error if the folder belongs to another user or is open to others
 */
export function openFolder(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!isOurs(directory)) {
    throw new Error(
      `${directory}, the folder of an application's processes, must belong to this user only (owner, mode 0700)`,
    )
  }
  return directory
}

/** Returns the folder of the group that is named after a process. */
export function folderOf(founder: number, suffix: string): string {
  return join(tmpdir(), `${ownPrefix()}${processKey(founder)}${suffix}`)
}

/**
 * Removes a group's folder if no process can use it any more: none of the group, and not the process that it is named
 * after, which may fork again and whose counters must not decrease then.
 * @param isEnding whether this process, or thread, is about to end
 */
export function removeIfAbandoned(directory: string, { isEnding }: { readonly isEnding: boolean }): void {
  const founder = founderOf(basename(directory))
  // A thread that ends leaves the process, which may start the next thread.
  const isFounder = isEnding && isMainThread && founder?.split('-', 1)[0] === String(process.pid)
  if (founder !== undefined && !isFounder && isAlive(founder)) return
  if (publishedIds(directory).some((id) => !(isEnding && endsWithUs(id)) && isAlive(id))) return
  removeFolder(directory)
}

/** Returns whether a folder is named after another process that lives, and that may still read what is in it. */
export function isOfOther(directory: string): boolean {
  const founder = founderOf(basename(directory))
  return founder !== undefined && founder.split('-', 1)[0] !== String(process.pid) && isAlive(founder)
}

/** Removes Quipu's files in a folder, and the folder if it is then empty. */
export function removeFolder(directory: string): void {
  try {
    for (const name of listFiles(directory)) if (OURS.test(name)) rmSync(join(directory, name), { force: true })
    rmdirSync(directory)
  } catch {
    // Another process has joined, or the folder has other files.
  }
}

/**
 * Removes files of killed processes that are incomplete: unpublished ones, and one of a pair whose other file is
 * missing.
 */
export function removeLeftovers(directory: string): void {
  const newest = new Set(publishedIds(directory))
  const names = new Set(listFiles(directory))
  for (const name of names) {
    const { base = '', id = '', ending = '' } = LEFTOVER.exec(name)?.groups ?? {}
    const isHalf =
      ending === 'series' ? !names.has(`${id}.numbers`) : ending !== 'numbers' || !names.has(`${id}.series`)
    const isOld = ending === 'series' && !newest.has(id)
    if (id !== '' && (base !== '' || isHalf || isOld) && !isAlive(id)) rmSync(join(directory, name), { force: true })
  }
}

/** Removes the folders of groups without living processes. */
export function removeDeadGroups(): void {
  for (const name of listFiles(tmpdir())) {
    const founder = founderOf(name)
    const directory = join(tmpdir(), name)
    // Anyone can create a link of that name to a folder whose files must not be removed.
    if (founder !== undefined && !isAlive(founder) && isOurs(directory))
      removeIfAbandoned(directory, { isEnding: false })
  }
}

/** Returns the process that a group of this user is named after. */
export function founderOf(name: string): ProcessId | undefined {
  const mine = ownPrefix()
  const rest = name.slice(mine.length)
  return name.startsWith(mine) && /^\d+-\d+(-[0-9a-f]{8})?$/.test(rest) ? `${rest}-0` : undefined
}

/** Users of one host have separate folders. */
function ownPrefix(): string {
  return `${PREFIX}${process.getuid?.() ?? 'u'}-`
}

/** Returns whether it is a folder, not a link, that only this user can read. */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (found === undefined) return false
  const isForeign = process.getuid !== undefined && found.uid !== process.getuid()
  // Windows has no such bits; its temporary folder belongs to the user.
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0
  return found.isDirectory() && !isForeign && !isOpen
}
