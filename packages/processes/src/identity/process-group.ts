import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { endsWithUs, groupName, isAlive, type ProcessId } from './process-id.js'

/** Name of the environment variable that tells children where their siblings publish. */
export const DIRECTORY_VARIABLE = 'QUIPU_PROCESS_DIR'
const PREFIX = 'quipu-'
/** All that we ever put into a group's folder: a folder that a user names may hold more, which is not ours to remove. */
const OURS = /^(instance|id-key|leader-|retained-|export(ed|ing)\.json|spooling\.json)|\.(series(\.new)?|numbers)$/

/** Which of them are a process's: `<what>.<id>` until it is in its place, `<id>.<ending>` what it publishes. */
const LEFTOVER =
  /^(?:(?<base>instance|id-key|leader-\w+|retained-\d+|exported\.json|exporting\.json|spooling\.json)\.)?(?<id>\d+-\w+-\d+t\d+[\w-]*)(?:\.(?<ending>series|numbers|series\.new))?$/

/**
 * The folder of a group, made when it is not there; only its owner may look into it (0700).
 *
 * @throws Error when a folder of that name is there and is somebody else's
 */
export function openDirectory(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!isOurs(directory)) {
    throw new Error(`${directory}, where the processes of one application meet, is not ours alone (owner, mode 0700)`)
  }
  return directory
}

/** Where the processes that one process has forked meet, itself among them. */
export function directoryOf(parent: number): string {
  // PM2 forks the workers of all its applications from one process: each application, a program under a name, is a group.
  const { pm_exec_path: program, name = '' } = process.env
  const suffix =
    program === undefined ? '' : `-${createHash('sha256').update(`${name}\n${program}`).digest('hex').slice(0, 8)}`
  return join(tmpdir(), groupName(parent) + suffix)
}

/** Ids of who has published in a folder. */
export function publishedIds(directory: string): ProcessId[] {
  return safeList(directory)
    .filter((name) => name.endsWith('.series'))
    .map((name) => name.slice(0, -'.series'.length))
}

/**
 * Removes a group's folder when nobody is left who could come back to it: no process of it, and not the one it is named
 * after, which may fork again and whose counters must not go down then.
 * @param isEnding whether this process, or thread, is about to end
 */
export function removeIfAbandoned(directory: string, { isEnding }: { readonly isEnding: boolean }): void {
  const founder = founderOf(basename(directory))
  // A thread that ends leaves behind the one that may start the next.
  const isFounder = isEnding && isMainThread && founder?.split('-', 1)[0] === String(process.pid)
  if (founder !== undefined && !isFounder && isAlive(founder)) return
  if (publishedIds(directory).some((id) => !(isEnding && endsWithUs(id)) && isAlive(id))) return
  try {
    for (const name of safeList(directory)) if (OURS.test(name)) rmSync(join(directory, name), { force: true })
    rmdirSync(directory)
  } catch {
    // Somebody has come, or there is more in it than ours.
  }
}

/**
 * Removes what processes have left that were killed as they wrote: files that were not yet in their place, and one of two
 * files whose other one is not there.
 */
export function removeLeftovers(directory: string): void {
  const names = new Set(safeList(directory))
  for (const name of names) {
    const { base = '', id = '', ending = '' } = LEFTOVER.exec(name)?.groups ?? {}
    const isHalf =
      ending === 'series' ? !names.has(`${id}.numbers`) : ending !== 'numbers' || !names.has(`${id}.series`)
    if (id !== '' && (base !== '' || isHalf) && !isAlive(id)) rmSync(join(directory, name), { force: true })
  }
}

/** Removes the folders of our own that dead groups have left behind. */
export function removeDeadGroups(): void {
  for (const name of safeList(tmpdir())) {
    const founder = founderOf(name)
    const directory = join(tmpdir(), name)
    // Anybody may make a link of that name, to a folder whose files are not to be removed.
    if (founder !== undefined && !isAlive(founder) && isOurs(directory))
      removeIfAbandoned(directory, { isEnding: false })
  }
}

/** The process that a group of ours is named after. */
function founderOf(name: string): ProcessId | undefined {
  const mine = `${PREFIX}${process.getuid?.() ?? 'u'}-`
  const rest = name.slice(mine.length)
  return name.startsWith(mine) && /^\d+-\d+(-[0-9a-f]{8})?$/.test(rest) ? `${rest}-0` : undefined
}

/** Whether it is a folder, and no link to one, that only this user may look into. */
function isOurs(directory: string): boolean {
  const found = lstatSync(directory, { throwIfNoEntry: false })
  if (found === undefined) return false
  const isForeign = process.getuid !== undefined && found.uid !== process.getuid()
  // Windows has no such bits; its temporary folder is the user's own.
  const isOpen = process.platform !== 'win32' && (found.mode & 0o077) !== 0
  return found.isDirectory() && !isForeign && !isOpen
}

function safeList(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
