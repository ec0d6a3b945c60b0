import type { Recorder } from '@quipu/core'
import { openDirectory, removeIfAbandoned } from './identity/process-group.js'
import { ownProcessId, type ProcessId } from './identity/process-id.js'
import { createLead, type Lead } from './lead/lead.js'
import { createPublisher, type Publisher } from './publish/publisher.js'
import { createRemovals, type Removals } from './retain/removals.js'
import { createRetainedStore } from './retain/retained-store.js'

/** A recorder's place in a group's folder. It is kept for as long as the process lives, whoever comes and goes. */
export interface Membership {
  readonly id: ProcessId
  readonly publisher: Publisher
  readonly removals: Removals
  readonly lead: Lead
}

interface Member extends Membership {
  readonly directory: string
  readonly recorder: object
  users: number
}

/** All of this thread, also those of a second copy of this package. It changes when what is kept no longer fits. */
const KEY = Symbol.for('quipu.processes.v2')
const holder: typeof globalThis & { [KEY]?: { count: number; members: Member[] } } = globalThis

/**
 * A place of the recorder in the folder: the one it has, when it has left and comes again (a hot reload), or when
 * somebody else has it too (`register`, until the application starts). So its numbers are there once, and go on.
 */
export function enter(directory: string, recorder: Pick<Recorder, 'readings' | 'clock' | 'guard'>): Membership {
  holder[KEY] ??= { count: 0, members: [] }
  const all = holder[KEY]
  const known = all.members.find((member) => member.directory === directory && member.recorder === recorder)
  if (known !== undefined && isThere(known)) {
    known.users++
    known.publisher.resume()
    return known
  }
  openDirectory(directory)
  // Each is another, also where a process cannot be told from one that had its number before: files are never taken over.
  const id = `${ownProcessId()}-${all.count++}-${Date.now().toString(36)}`
  const publisher = createPublisher(directory, id, recorder)
  const member: Member = {
    id,
    directory,
    recorder,
    publisher,
    removals: createRemovals(recorder, createRetainedStore(directory), publisher),
    lead: createLead(directory, id),
    users: 1,
  }
  all.members.push(member)
  const onExit = (): void =>
    void recorder.guard('processes', () => {
      // What was removed last is still to be said.
      member.removals.exchange()
      member.publisher.close()
      member.lead.leave()
      removeIfAbandoned(directory, { isEnding: true })
    })
  process.on('exit', onExit)
  // After the readers that start() makes now: at the exit they save what this process, as the leader, has to export.
  queueMicrotask(() => process.off('exit', onExit).on('exit', onExit))
  return member
}

/** Takes a user of the place away; when it was the last, what is live ends, and another leads. */
export function depart(membership: Membership): void {
  const member = holder[KEY]?.members.find((one) => one === membership)
  if (member === undefined || --member.users > 0) return
  member.removals.exchange()
  member.publisher.rest()
  member.lead.leave()
}

/** Whether its files are: who clears a temporary folder may have taken them. */
function isThere({ publisher }: Membership): boolean {
  try {
    publisher.beat()
    return true
  } catch {
    return false
  }
}
