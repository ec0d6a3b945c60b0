import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { endsWithUs, isAlive, type ProcessId, processKey } from './process-id.js'

const PREFIX = 'quipu-'
/** All that we ever put into a group's folder: a folder that a user names may hold more, which is not ours to remove. */
const OURS =
  /^(instance|id-key|port|application|leader-|archive-|export(ed|ing)\.json|spooling\.json)|\.(series(\.new)?|numbers)$/

/** Which of them are a process's: `<what>.<id>` until it is in its place, `<id>.<ending>` what it publishes. */
const LEFTOVER =
  /^(?:(?<base>instance|id-key|port|application|leader-\w+|archive-\d+|exported\.json|exporting\.json|spooling\.json)\.)?(?<id>\d+-\w+-\d+t\d+[\w-]*)(?:\.(?<ending>series|numbers|series\.new))?$/

/**
 * The folder of a group, made when it is not there; only its owner may look into it (0700).
 *
 * @throws Error when a folder of that name exists and belongs to another user, or is open to others
 */
export function openFolder(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (!isOurs(directory)) {
    throw new Error(`${directory}, where the processes of one application meet, is not ours alone (owner, mode 0700)`)
  }
  return directory
}

/** The folder of the group that is named after a process. */
export function folderOf(founder: number, suffix: string): string {
  return join(tmpdir(), `${ownPrefix()}${processKey(founder)}${suffix}`)
}

/**
 * Names, without their ending, of the files that processes have published: the newest of each process. A process that
 * publishes everything anew does so in other files, so that nothing reads names of the ones and numbers of the others.
 */
export function publishedIds(directory: string): PublicationId[] {
  const newest = new Map<ProcessId, PublicationId>()
  for (const id of allPublications(directory)) {
    const owner = ownerOf(id)
    const known = newest.get(owner)
    if (known === undefined || numberOf(id) > numberOf(known)) newest.set(owner, id)
  }
  return [...newest.values()]
}

/** `<process>`, of a process that publishes everything anew `<process>_2` and so on. */
export type PublicationId = string

export function ownerOf(id: PublicationId): ProcessId {
  return id.replace(/_\d+$/, '')
}

/** An id for a process that publishes everything anew. */
export function nextPublicationId(directory: string, owner: ProcessId): PublicationId {
  const numbers = allPublications(directory)
    .filter((id) => ownerOf(id) === owner)
    .map(numberOf)
  return numbers.length === 0 ? owner : `${owner}_${Math.max(...numbers) + 1}`
}

/** Removes what the process of a publication has published before it. */
export function removeOlder(directory: string, newest: PublicationId): void {
  const older = allPublications(directory).filter((id) => id !== newest && ownerOf(id) === ownerOf(newest))
  for (const id of older) {
    for (const ending of ['series', 'numbers']) rmSync(join(directory, `${id}.${ending}`), { force: true })
  }
}

function numberOf(id: PublicationId): number {
  return Number(/_(\d+)$/.exec(id)?.[1] ?? 1)
}

function allPublications(directory: string): PublicationId[] {
  return safeList(directory)
    .filter((name) => name.endsWith('.series'))
    .map((name) => name.slice(0, -'.series'.length))
}

/**
 * Removes a group's folder when no process is left that could come back to it: none of the group, and not the one it is named
 * after, which may fork again and whose counters must not go down then.
 * @param isEnding whether this process, or thread, is about to end
 */
export function removeIfAbandoned(directory: string, { isEnding }: { readonly isEnding: boolean }): void {
  const founder = founderOf(basename(directory))
  // A thread that ends leaves behind the one that may start the next.
  const isFounder = isEnding && isMainThread && founder?.split('-', 1)[0] === String(process.pid)
  if (founder !== undefined && !isFounder && isAlive(founder)) return
  if (publishedIds(directory).some((id) => !(isEnding && endsWithUs(id)) && isAlive(id))) return
  removeFolder(directory)
}

/** Removes all files of ours in a folder, and the folder when there is nothing else in it. */
export function removeFolder(directory: string): void {
  try {
    for (const name of safeList(directory)) if (OURS.test(name)) rmSync(join(directory, name), { force: true })
    rmdirSync(directory)
  } catch {
    // Another process has come, or there is more in it than ours.
  }
}

/**
 * Removes what processes have left that were killed as they wrote: files that were not yet in their place, and one of two
 * files whose other one is not there.
 */
export function removeLeftovers(directory: string): void {
  const newest = new Set(publishedIds(directory))
  const names = new Set(safeList(directory))
  for (const name of names) {
    const { base = '', id = '', ending = '' } = LEFTOVER.exec(name)?.groups ?? {}
    const isHalf =
      ending === 'series' ? !names.has(`${id}.numbers`) : ending !== 'numbers' || !names.has(`${id}.series`)
    const isOld = ending === 'series' && !newest.has(id)
    if (id !== '' && (base !== '' || isHalf || isOld) && !isAlive(id)) rmSync(join(directory, name), { force: true })
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
export function founderOf(name: string): ProcessId | undefined {
  const mine = ownPrefix()
  const rest = name.slice(mine.length)
  return name.startsWith(mine) && /^\d+-\d+(-[0-9a-f]{8})?$/.test(rest) ? `${rest}-0` : undefined
}

/** Users of one host have folders of their own. */
function ownPrefix(): string {
  return `${PREFIX}${process.getuid?.() ?? 'u'}-`
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
