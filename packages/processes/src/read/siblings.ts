import { ownerOf, publishedIds } from '../identity/group-folder.js'
import { isAlive, type ProcessId } from '../identity/process-id.js'
import { openPublishedProcess, type PublishedProcess } from '../publish/published-process.js'

/** The other processes of a group. */
export interface Siblings {
  /** Reads what they have published by now, and returns those that could ever be read. */
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
        // A living process whose files are gone publishes again in a moment: until then it is as it was last read.
        if (!ids.has(id) && (owners.has(ownerOf(id)) || !isAlive(id))) siblings.delete(id)
      }
      for (const id of ids) if (!siblings.has(id)) siblings.set(id, openPublishedProcess(directory, id))
      return [...siblings.values()].filter((sibling) => sibling.refresh() || sibling.beatMs > 0)
    },
    forget: ({ id }) => void siblings.delete(id),
  }
}
