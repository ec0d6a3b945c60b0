import { isAlive, type ProcessId } from '../identity/process-id.js'
import { ownerOf, publishedIds } from '../identity/publications.js'
import { openPublishedProcess, type PublishedProcess } from '../publish/published-process.js'

/** The other processes of a group. */
export interface Siblings {
  /** Reads current publications, and returns those that were ever readable. */
  refresh(): readonly PublishedProcess[]
  forget(sibling: PublishedProcess): void
}

export function openSiblings(directory: string, own: ProcessId): Siblings {
  const siblings = new Map<string, PublishedProcess>()
  return {
    refresh() {
      const ids = new Set(publishedIds(directory).filter((id) => ownerOf(id) !== own))
      const owners = new Set([...ids].map(ownerOf))
      for (const id of siblings.keys()) {
        // A living process whose files are gone publishes again soon; until then, its last values are used.
        if (!ids.has(id) && (owners.has(ownerOf(id)) || !isAlive(id))) siblings.delete(id)
      }
      for (const id of ids) if (!siblings.has(id)) siblings.set(id, openPublishedProcess(directory, id))
      return [...siblings.values()].filter((sibling) => sibling.refresh() || sibling.beatMs > 0)
    },
    forget: ({ id }) => void siblings.delete(id),
  }
}
