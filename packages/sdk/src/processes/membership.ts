import { isMainThread } from 'node:worker_threads'
import type { Recorder } from '@quipu/core'
import { createLead, type Lead } from './lead.js'
import { announceMemory } from './memory-channel.js'
import { openDirectory, removeIfAbandoned } from './process-group.js'
import { ownProcessId, type ProcessId } from './process-id.js'
import { createPublisher, type Publisher } from './publisher.js'
import { createRemovals, type Removals } from './removals.js'
import { createRetainedStore } from './retained-store.js'
import { createSharedCells } from './shared-cells.js'

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
export function enter(
  directory: string,
  recorder: Pick<Recorder, 'readings' | 'clock' | 'guard' | 'configure'>,
): Membership {
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
  // A thread may be ended from outside without a word. A recorder's numbers lie in one place, whatever groups it joins.
  if (!isMainThread && all.members.every((one) => one.recorder !== recorder)) shareNumbers(directory, id, recorder)
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

/** Puts a thread's numbers where who started it can read them when it is dead; without such memory all is as it was. */
function shareNumbers(directory: string, id: ProcessId, recorder: Pick<Recorder, 'clock' | 'configure'>): void {
  try {
    const cells = createSharedCells(id, recorder.clock, (memory) => announceMemory(directory, memory))
    recorder.configure({ cellMemory: cells })
    cells.open()
  } catch {
    // None to be had: what is published counts.
  }
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
