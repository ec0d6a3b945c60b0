import { PROCESSES } from '@quipu/catalog/symbols'
import type { GroupRecorder } from './group-recorder.js'
import { isOfOther, openFolder, removeFolder, removeIfAbandoned } from './identity/group-folder.js'
import { ownProcessId, type ProcessId } from './identity/process-id.js'
import { publishedIds } from './identity/publications.js'
import { createLead, type Lead } from './lead/lead.js'
import { createPublisher, type Publisher } from './publish/publisher.js'
import { type ArchiveStore, createArchiveStore } from './retain/archive-store.js'
import { createRemovals, type Removals } from './retain/removals.js'

/** A recorder's place in a group's folder. */
export interface Membership {
  readonly id: ProcessId
  readonly publisher: Publisher
  readonly removals: Removals
  readonly archive: ArchiveStore
  readonly lead: Lead
}

interface Member extends Membership {
  readonly folder: string
  readonly recorder: object
  users: number
}

interface Members {
  /** Number of recorders that have had a place, which makes each place unique. */
  count: number
  readonly present: Member[]
  /** A recorder keeps its place for the life of the process, so that its numbers exist once and continue. */
  readonly ids: WeakMap<object, Map<string, ProcessId>>
}

const holder: typeof globalThis & { [PROCESSES]?: Members } = globalThis

/**
 * Gives the recorder its place in the folder: its earlier one if it has left and returns (a hot reload), or if another
 * part of this process uses it too (`register`, until the application starts).
 */
export function enter(
  folder: string,
  recorder: Pick<GroupRecorder, 'readings' | 'clock' | 'guard'>,
  mayLeadFirst: () => boolean,
): Membership {
  holder[PROCESSES] ??= { count: 0, present: [], ids: new WeakMap() }
  const { present } = holder[PROCESSES]
  const known = present.find((member) => member.folder === folder && member.recorder === recorder)
  if (known !== undefined) {
    known.users++
    return known
  }
  openFolder(folder)
  const id = idOf(holder[PROCESSES], folder, recorder)
  const archive = createArchiveStore(folder)
  const publisher = createPublisher(folder, id, recorder)
  const removals = createRemovals(recorder, archive, publisher)
  const lead = createLead(folder, id, mayLeadFirst)
  const member: Member = { id, folder, recorder, publisher, removals, archive, lead, users: 1 }
  present.push(member)
  const onExit = (): void => void recorder.guard('processes', () => end(member))
  ends.set(member, onExit)
  process.on('exit', onExit)
  // After the readers that start() creates now: at the exit they save the values that this process, as the leader, exports.
  queueMicrotask(() => process.listeners('exit').includes(onExit) && process.off('exit', onExit).on('exit', onExit))
  return member
}

/** The exit listener of each member. */
const ends = new WeakMap<Member, () => void>()

/** Removes a user of the place; after the last one, live values end, and another process leads. */
export function leave(membership: Membership): void {
  const all = holder[PROCESSES]
  const member = all?.present.find((one) => one === membership)
  if (all === undefined || member === undefined || --member.users > 0) return
  all.present.splice(all.present.indexOf(member), 1)
  const onExit = ends.get(member)
  if (onExit !== undefined) process.off('exit', onExit)
  member.removals.exchange()
  member.removals.stop()
  member.publisher.close()
  member.lead.leave()
  // A process that joins later misses nothing, because this recorder still has all values. The root of this process may have been
  // alone so far, and joins when it finds the folder.
  const isOwn = (id: ProcessId): boolean => id.startsWith(`${ownProcessId()}-`)
  const isOnlyOurs = publishedIds(member.folder).every(isOwn) && member.archive.read().series.length === 0
  if (isOnlyOurs && !isOfOther(member.folder) && all.present.every(({ folder }) => folder !== member.folder))
    removeFolder(member.folder)
}

function end({ removals, publisher, lead, folder }: Member): void {
  // The last removals are not announced yet.
  removals.exchange()
  publisher.close()
  lead.leave()
  removeIfAbandoned(folder, { isEnding: true })
}

/** Unique even if the kernel does not distinguish a process from an earlier one with the same pid. */
function idOf(members: Members, folder: string, recorder: object): ProcessId {
  const ids = members.ids.get(recorder) ?? new Map<string, ProcessId>()
  members.ids.set(recorder, ids)
  const id = ids.get(folder) ?? `${ownProcessId()}-${members.count++}-${Date.now().toString(36)}`
  ids.set(folder, id)
  return id
}
