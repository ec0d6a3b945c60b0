import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { ImmediateMetricProducer, MetricReading } from '@quipu/store'
import { createExportProducer, type GroupProducer, type GroupProducerOptions } from './export-producer.js'
import type { GroupRecorder } from './group-recorder.js'
import { findPlace, type Grouping, releaseApplication } from './identity/place.js'
import { createPortNote } from './identity/port-file.js'
import { type JoinedGroup, joinGroup } from './joined-group.js'
import { watchChildren } from './watch-children.js'

/** How a process finds the others of its application. */
export interface JoinOptions {
  readonly grouping: Grouping
  /** The service's name, when one was given. */
  readonly application: string | undefined
  /** The id that this process has as long as it is alone. */
  readonly instanceId: string
}

/** This process's place among those that record for one application. */
export interface ProcessGroup {
  /** One for all of them: to a back end they are one instance, whichever leads. */
  readonly instanceId: string
  /** Whether this process was the first to lead the application. */
  readonly isFirst: boolean
  /** Whether there has been no other process or thread of the application yet. */
  isAlone(): boolean
  /** The port that the pages of the application have, once one was noted: the next leader opens the same. */
  port(): number | undefined
  notePort(port: number): void
  /** Writes what was recorded here where the others read it, at once. */
  publish(): void
  /** The readings of all of them as if they were one's. */
  readings(): readonly MetricReading[]
  /** Whether this process exports for all. One does. */
  leads(): boolean
  /** Calls each time this process takes the lead; at once when it has it. */
  onLead(listener: () => void): void
  /** A producer for one push reader: it gives nothing while another leads, and goes on where that one ended. */
  producer(
    make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
    options: GroupProducerOptions,
  ): GroupProducer
  /** At the exit, where nothing can be waited for: takes the lead if no process has it, so that the rest is exported. */
  takeOver(): void
  /** Before the last export: publishes, and takes over from a leader that ends at the same time. */
  close(timeoutMs: number): Promise<void>
  leave(): void
}

/** A recorder keeps its key from start to start: the pseudonyms that it has made must stay the same. */
const idKeys = new WeakMap<object, string>()

function idKeyOf(recorder: object): string {
  const key = idKeys.get(recorder) ?? randomBytes(32).toString('hex')
  idKeys.set(recorder, key)
  return key
}

/** How many groups of this thread name a folder to its children. */
const users = new Map<string, number>()

/** Returns the function that takes the user away; with the last one the folder is no longer named to children. */
function countUser(folder: string): () => void {
  users.set(folder, (users.get(folder) ?? 0) + 1)
  return () => {
    const left = (users.get(folder) ?? 1) - 1
    users.set(folder, left)
    if (left === 0) releaseApplication()
  }
}

/**
 * Joins the processes and threads of one application.
 *
 * They share a folder only they can read, in which each publishes its numbers; whichever is asked for a page reads them
 * all. So no process has to answer another, a slow one holds nothing up, and what a killed one has published stays. A
 * process that has started no other stays alone: it makes no folder, publishes nothing and reads its recorder in place.
 *
 * @throws Error when the folder is needed and cannot be made, or is not this user's alone
 */
export function joinProcesses(recorder: GroupRecorder, options: JoinOptions): ProcessGroup {
  const place = findPlace(options.grouping, options.application)
  const release = countUser(place.folder)
  const idKey = idKeyOf(recorder)
  const leadListeners: (() => void)[] = []
  const joinListeners: ((joined: JoinedGroup) => void)[] = []
  let joined: JoinedGroup | undefined
  let isOver = false
  const port = createPortNote(place.folder)

  const join = (): void => {
    stopWatching()
    let isJoining = true
    joined = joinGroup(recorder, place, { ...options, idKey }, (group) => {
      joined = group
      port.share()
      for (const listener of joinListeners) listener(group)
      group.onLead(() => {
        // One that was alone has led before.
        if (!(isJoining && place.isAlone)) for (const listener of leadListeners) listener()
      })
    })
    isJoining = false
  }
  /** A process that cannot join goes on alone: its own numbers are right without the others'. */
  const tryToJoin = (): void => {
    if (joined === undefined && !isOver) recorder.guard('processes', join)
    isOver ||= joined === undefined
  }
  const joinIfNamed = (): JoinedGroup | undefined => {
    if (joined === undefined && !isOver && existsSync(place.folder)) tryToJoin()
    return joined
  }
  let stopWatching = (): void => undefined
  if (place.isAlone) {
    recorder.configure({ groupIdKey: idKey })
    stopWatching = watchChildren(tryToJoin)
    process.on('exit', joinIfNamed)
  } else join()

  return {
    get instanceId() {
      return joined?.common.instanceId ?? options.instanceId
    },
    get isFirst() {
      return joined?.isFirst ?? true
    },
    isAlone: () => joined === undefined,
    port: port.read,
    notePort: (number) => void recorder.guard('processes', () => port.write(number)),
    publish: () => joinIfNamed()?.publish(),
    readings: () => joinIfNamed()?.readings() ?? recorder.readings(),
    leads: () => joined?.leads() ?? true,
    onLead(listener) {
      leadListeners.push(listener)
      if (joined?.leads() ?? true) listener()
    },
    producer: (make, producerOptions) =>
      createExportProducer({ recorder, make, options: producerOptions, joinIfNamed, onJoin }),
    takeOver: () => joinIfNamed()?.takeOver(),
    close: async (timeoutMs) => joinIfNamed()?.close(timeoutMs),
    leave() {
      stopWatching()
      process.off('exit', joinIfNamed)
      joined?.leave()
      isOver = true
      release()
    },
  }

  function onJoin(listener: (joined: JoinedGroup) => void): void {
    joinListeners.push(listener)
    if (joined !== undefined) listener(joined)
  }
}
