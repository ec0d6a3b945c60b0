import { lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isAlive, ownProcessId, type ProcessId } from './process-id.js'

/** Name of the environment variable that tells children where their siblings publish. */
export const DIRECTORY_VARIABLE = 'QUIPU_PROCESS_DIR'
const PREFIX = 'quipu-'
const LEADER = 'leader'

/**
 * The folder of a group, made when it is not there; only its owner may look into it (0700).
 *
 * @throws Error when a folder of that name is there and is somebody else's
 */
export function openDirectory(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const found = lstatSync(directory)
  const foreign = process.getuid !== undefined && found.uid !== process.getuid()
  if (!found.isDirectory() || foreign || (found.mode & 0o077) !== 0) {
    throw new Error('the folder for the processes of one application is not ours alone')
  }
  return directory
}

/** Where the processes that one process has forked meet, itself among them. */
export function directoryOf(group: string): string {
  return join(tmpdir(), group)
}

/** Ids of who has published in a folder. */
export function publishedIds(directory: string): ProcessId[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.series'))
      .map((name) => name.slice(0, -'.series'.length))
  } catch {
    return []
  }
}

/**
 * Takes the lead of a group unless a living process has it: one exports for all, and puts away what the dead have left.
 * The lock is a file that only one can make; a dead leader's is moved away, which only one can do either.
 */
export function takeLead(directory: string): boolean {
  const file = join(directory, LEADER)
  const own = ownProcessId()
  try {
    writeFileSync(file, own, { flag: 'wx', mode: 0o600 })
    return true
  } catch {
    const leader = readLeader(file)
    if (leader === own) return true
    if (leader === undefined || leader === '' || isAlive(leader)) return false
  }
  try {
    const aside = `${file}.${own}`
    renameSync(file, aside)
    // Between the look and the move another may have taken the lead: then what was moved is a living one's.
    const moved = readLeader(aside)
    rmSync(aside, { force: true })
    if (moved !== undefined && moved !== '' && isAlive(moved)) writeFileSync(file, moved, { flag: 'wx', mode: 0o600 })
  } catch {
    // Another was faster.
  }
  return false
}

/** Gives the lead up, so that another takes it at once. */
export function leaveLead(directory: string): void {
  const file = join(directory, LEADER)
  if (readLeader(file) === ownProcessId()) rmSync(file, { force: true })
}

function readLeader(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/**
 * Removes a group's folder when nobody is left who could come back to it: no process of it, and not the one it is named
 * after, which may fork again and whose counters must not go down then.
 */
export function removeIfAbandoned(directory: string, own: ProcessId): void {
  try {
    const founder = founderOf(basename(directory))
    const founderMayFork = founder !== undefined && !own.startsWith(`${founder.split('-', 1)[0]}-`) && isAlive(founder)
    if (founderMayFork || publishedIds(directory).some((id) => id !== own && isAlive(id))) return
    rmSync(directory, { recursive: true, force: true })
  } catch {
    // Somebody is in there.
  }
}

/** Removes the folders of our own that dead groups have left behind. */
export function removeDeadGroups(): void {
  for (const name of safeList(tmpdir())) {
    const founder = founderOf(name)
    if (founder !== undefined && !isAlive(founder)) removeIfAbandoned(join(tmpdir(), name), '')
  }
}

/** The process that a group of ours is named after. */
function founderOf(name: string): ProcessId | undefined {
  const mine = `${PREFIX}${process.getuid?.() ?? 'u'}-`
  return name.startsWith(mine) ? `${name.slice(mine.length)}-0` : undefined
}

function safeList(directory: string): string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}
