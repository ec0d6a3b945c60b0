import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { ImmediateMetricProducer, MetricReading } from '@quipu/store'
import { createExportProducer } from './export-producer.js'
import type { GroupProducer, GroupProducerOptions } from './group-producer.js'
import type { GroupRecorder } from './group-recorder.js'
import { findPlace, type Grouping, releaseApplication } from './identity/place.js'
import { createPortNote } from './identity/port-file.js'
import { type JoinedGroup, joinGroup } from './joined-group.js'
import { watchChildren } from './watch-children.js'

/** Options of `joinProcesses`. */
export interface JoinOptions {
  readonly grouping: Grouping
  /** The service's name, if set. */
  readonly application: string | undefined
  /** The id of this process while it is alone. */
  readonly instanceId: string
}

/** The group of processes that record for one application, as seen by this one. */
export interface ProcessGroup {
  /** One id for all of them: for a back end they are one instance, whichever leads. */
  readonly instanceId: string
  /** Whether this process was the first to lead the application. */
  readonly isFirst: boolean
  /** Whether there has been no other process or thread of the application so far. */
  isAlone(): boolean
  /** The port of the application's pages, once known. The next leader opens the same port. */
  port(): number | undefined
  notePort(port: number): void
  /** Publishes the recorded values immediately. */
  publish(): void
  /** The readings of all processes, merged. */
  readings(): readonly MetricReading[]
  /** Whether this process exports for all. Only one does. */
  leads(): boolean
  /** Calls the listener each time this process becomes the leader, and at once if it leads already. */
  onLead(listener: () => void): void
  /**
   * Creates a producer for one push reader. It has no points while another process leads, and continues where that one
   * ended.
   */
  producer(
    make: (readings: () => readonly MetricReading[]) => ImmediateMetricProducer,
    options: GroupProducerOptions,
  ): GroupProducer
  /** Becomes the leader at the exit if no process leads, so that the last values are exported. Synchronous. */
  takeOver(): void
  /** Publishes before the last export, and takes over from a leader that ends at the same time. */
  close(timeoutMs: number): Promise<void>
  leave(): void
}

/** A recorder keeps its key across starts, because its pseudonyms must stay the same. */
const idKeys = new WeakMap<object, string>()

function idKeyOf(recorder: object): string {
  const key = idKeys.get(recorder) ?? randomBytes(32).toString('hex')
  idKeys.set(recorder, key)
  return key
}

/** Number of groups of this thread that pass a folder on to its children. */
const users = new Map<string, number>()

/** Returns a function that removes the user; without users, the folder is no longer passed on to children. */
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
 * They share a folder that only they can read, in which each publishes its values. The process that serves a page reads
 * the values of all. Thus no process has to respond to another, a slow one delays no other, and the values of a killed
 * one remain. A process without children stays alone: it creates no folder, publishes nothing and reads its recorder in
 * place.
 *
 * @throws Error if the folder is needed and cannot be created, or does not belong to this user only
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
        // A process that was alone was the leader before.
        if (!(isJoining && place.isAlone)) for (const listener of leadListeners) listener()
      })
    })
    isJoining = false
  }
  /** A process that cannot join continues alone with correct values of its own. */
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
