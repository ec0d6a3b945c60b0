import { PROCESSES } from '@quipu/catalog/symbols'
import type { GroupRecorder } from './group-recorder.js'
import { isOfOther, openFolder, publishedIds, removeFolder, removeIfAbandoned } from './identity/group-folder.js'
import { ownProcessId, type ProcessId } from './identity/process-id.js'
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
  /** Recorders that have had a place: each further one has another. */
  count: number
  readonly present: Member[]
  /** The place of a recorder stays its own as long as the process lives: its numbers are there once, and go on. */
  readonly ids: WeakMap<object, Map<string, ProcessId>>
}

const holder: typeof globalThis & { [PROCESSES]?: Members } = globalThis

/**
 * Gives the recorder its place in the folder: the one it has had, when it has left and comes again (a hot reload), or
 * when another user of this process has it too (`register`, until the application starts).
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
  // After the readers that start() makes now: at the exit they save what this process, as the leader, has to export.
  queueMicrotask(() => process.listeners('exit').includes(onExit) && process.off('exit', onExit).on('exit', onExit))
  return member
}

/** The exit listener of each member. */
const ends = new WeakMap<Member, () => void>()

/** Takes a user of the place away; when it was the last, what is live ends, and another leads. */
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
  // A process that joins later misses nothing: this recorder still has all of it. The root of this process may have been
  // alone so far, and joins when it finds the folder.
  const isOwn = (id: ProcessId): boolean => id.startsWith(`${ownProcessId()}-`)
  const isOnlyOurs = publishedIds(member.folder).every(isOwn) && member.archive.read().series.length === 0
  if (isOnlyOurs && !isOfOther(member.folder) && all.present.every(({ folder }) => folder !== member.folder))
    removeFolder(member.folder)
}

function end({ removals, publisher, lead, folder }: Member): void {
  // What was removed last is still to be said.
  removals.exchange()
  publisher.close()
  lead.leave()
  removeIfAbandoned(folder, { isEnding: true })
}

/** Unique also where the kernel does not tell a process from an earlier one with the same pid. */
function idOf(members: Members, folder: string, recorder: object): ProcessId {
  const ids = members.ids.get(recorder) ?? new Map<string, ProcessId>()
  members.ids.set(recorder, ids)
  const id = ids.get(folder) ?? `${ownProcessId()}-${members.count++}-${Date.now().toString(36)}`
  ids.set(folder, id)
  return id
}
