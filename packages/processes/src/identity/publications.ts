import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles } from './list-files.js'
import type { ProcessId } from './process-id.js'

/**
 * Returns the names, without ending, of published files: the newest of each process. A process that publishes again
 * uses new files, so that no reader combines names and numbers of different publications.
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

/** `<process>`; for a process that publishes again `<process>_2` and so on. */
export type PublicationId = string

export function ownerOf(id: PublicationId): ProcessId {
  return id.replace(/_\d+$/, '')
}

/** Returns an id for a process that publishes again. */
export function nextPublicationId(directory: string, owner: ProcessId): PublicationId {
  const numbers = allPublications(directory)
    .filter((id) => ownerOf(id) === owner)
    .map(numberOf)
  return numbers.length === 0 ? owner : `${owner}_${Math.max(...numbers) + 1}`
}

/** Removes earlier publications of a process. */
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
  return listFiles(directory)
    .filter((name) => name.endsWith('.series'))
    .map((name) => name.slice(0, -'.series'.length))
}
