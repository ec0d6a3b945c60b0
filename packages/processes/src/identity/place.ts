import cluster from 'node:cluster'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { folderOf, founderOf, openFolder } from './group-folder.js'
import { makeOnce } from './make-once.js'
import { isAlive, processKey } from './process-id.js'
import { readText } from './read-file.js'

/** Variable with the folder of the application, for the processes and threads that this one starts. */
export const FOLDER_VARIABLE = 'QUIPU_PROCESS_DIR'

/** File with the service name of an application. */
export const APPLICATION = 'application'

/** The processes that form an application: detected ones, the forks of one, or the threads of one. */
export type Grouping = 'auto' | 'cluster' | 'workers'

/** Position of a process or thread in its application. */
export interface Place {
  /** The folder that the application's processes share. */
  readonly folder: string
  /** Whether it creates the folder only when there is another process or thread. */
  readonly isAlone: boolean
  /** Whether it may be the first leader of a group. */
  mayLeadFirst(): boolean
}

/**
 * Finds the position of this process or thread, and passes the folder on to those that it starts. An inherited folder
 * takes precedence: the process that set it runs Quipu too and leads as long as it lives.
 *
 * @param application the service's name, if set: a different application that this one starts is not part of it
 * @throws Error if a folder set by the user cannot be used
 */
export function findPlace(grouping: Grouping, application: string | undefined): Place {
  const place = inheritedPlace(grouping, application) ?? ownPlace(grouping)
  process.env[FOLDER_VARIABLE] = place.folder
  return place
}

/**
 * Declares this process the root before the application runs, so that children that start before `start()` wait for it.
 * Never throws: a host without a temporary folder has no group, and `start()` reports it.
 */
export function claimApplication(): void {
  const folder = ownRoot()
  if (folder !== undefined && !isStartedByOther()) process.env[FOLDER_VARIABLE] ??= folder
}

/** Withdraws the claim, so that children need not wait for this process. A folder set by others stays. Never throws. */
export function releaseApplication(): void {
  const folder = ownRoot()
  if (folder !== undefined && process.env[FOLDER_VARIABLE] === folder) delete process.env[FOLDER_VARIABLE]
}

/** The root folder of this process; undefined in a thread, and on a host without a temporary folder. */
function ownRoot(): string | undefined {
  try {
    return isMainThread ? rootFolder() : undefined
  } catch {
    return undefined
  }
}

function inheritedPlace(grouping: Grouping, application: string | undefined): Place | undefined {
  const folder = process.env[FOLDER_VARIABLE]
  if (folder === undefined) return undefined
  const founder = founderOf(basename(folder))
  if (founder === undefined) return { folder: namedFolder(folder, application), isAlone: false, mayLeadFirst: yes }
  const isOwn = isMainThread && founder.startsWith(`${processKey(process.pid)}-`)
  if (isOwn) return { folder, isAlone: grouping === 'auto' && !existsSync(folder), mayLeadFirst: yes }
  const first = tryToRead(join(folder, APPLICATION))
  if (application !== undefined && first !== undefined && first !== application) return undefined
  return { folder, isAlone: false, mayLeadFirst: () => !isAlive(founder) }
}

function ownPlace(grouping: Grouping): Place {
  if (isStartedByOther() || (grouping === 'cluster' && process.send !== undefined && isMainThread)) {
    return { folder: folderOf(process.ppid, pm2Suffix()), isAlone: false, mayLeadFirst: yes }
  }
  const folder = rootFolder()
  // Threads share the process with the one that started them, which may start Quipu later.
  const isAlone = grouping === 'auto' && isMainThread && !existsSync(folder)
  return { folder, isAlone, mayLeadFirst: yes }
}

/** The folder of an application whose root is this process. */
function rootFolder(): string {
  return folderOf(process.pid, '')
}

/**
 * Returns whether another process, which may not run Quipu, started several like this one: PM2 in both of its modes.
 */
function isStartedByOther(): boolean {
  return isMainThread && (cluster.isWorker || process.env.pm_id !== undefined)
}

/** PM2 starts the processes of all its applications. Each application, a program under a name, is a group. */
function pm2Suffix(): string {
  const { pm_exec_path: program, name = '' } = process.env
  return program === undefined ? '' : `-${shortHash(`${name}\n${program}`)}`
}

/** The folder that a user set, or a folder in it if another application uses it. */
function namedFolder(folder: string, application: string | undefined): string {
  if (application === undefined) return folder
  const first = makeOnce(openFolder(folder), APPLICATION, application)
  return first === application ? folder : join(folder, shortHash(application))
}

function tryToRead(path: string): string | undefined {
  try {
    return readText(path)
  } catch {
    return undefined
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8)
}

const yes = (): boolean => true
