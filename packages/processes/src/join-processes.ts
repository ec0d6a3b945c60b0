import cluster from 'node:cluster'
import { randomBytes, randomUUID } from 'node:crypto'
import { isMainThread } from 'node:worker_threads'
import type { ImmediateMetricProducer, MetricReading, Recorder } from '@quipu/core'
import { createGroupProducer, type GroupProducer, type GroupProducerOptions } from './group-producer.js'
import { makeOnce } from './identity/make-once.js'
import { DIRECTORY_VARIABLE, directoryOf, openDirectory, removeDeadGroups } from './identity/process-group.js'
import { depart, enter } from './membership.js'
import { noteEndedThreads } from './note-ended-threads.js'
import { createMergedReadings } from './read/merged-readings.js'

/** How long after a publication the next is, while something is recorded and when nothing is; a kill costs at most so much. */
const BUSY_MS = 10
const QUIET_MS = 50
const LEAD_EVERY_MS = 1000
const CLOSING_LOOK_MS = 20
/** Longest that the exit of a process waits for a leader that ends at the same moment. */
const EXIT_WAIT_MS = 250

/** This process's place among those that record for one application. */
export interface ProcessGroup {
  /** One for all of them, random: to a back end they are one instance, whoever leads. */
  readonly instanceId: string
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
  /** At the exit, where nothing can be waited for: takes the lead if nobody has it, so that somebody exports the rest. */
  takeOver(): void
  /** Before the last export: publishes, and takes over from a leader that ends at the same time, so that somebody exports it. */
  close(timeoutMs: number): Promise<void>
  leave(): void
}

/**
 * Joins the processes that one parent has forked (`cluster`, pools of children) or the threads of one process.
 *
 * They share a folder only they can read, in which each publishes its numbers; whoever is asked for a page reads them all.
 * So no process has to answer another, a slow one holds nobody up, and what a killed one has published stays.
 *
 * @throws Error when the folder cannot be made or is not this user's alone
 */
export function joinProcesses(
  recorder: Pick<Recorder, 'readings' | 'clock' | 'guard' | 'metrics' | 'configure'>,
  kind: 'cluster' | 'workers',
): ProcessGroup {
  // The forked are named after who forked them; threads share their process with who started them.
  const isForked = kind === 'cluster' && (cluster.isWorker || (process.send !== undefined && isMainThread))
  const directory = openDirectory(process.env[DIRECTORY_VARIABLE] ?? directoryOf(isForked ? process.ppid : process.pid))
  process.env[DIRECTORY_VARIABLE] = directory
  // A user whom two processes see is one user, and who removes one removes the same.
  recorder.configure({ groupIdKey: makeOnce(directory, 'id-key', randomBytes(32).toString('hex')) })
  const place = enter(directory, recorder)
  const merged = createMergedReadings(directory, place.id, recorder)
  const listeners: (() => void)[] = []
  /** Shown again when the folder cannot be read for a moment: own numbers alone would be a fall. */
  let last: readonly MetricReading[] | undefined
  let leads = false
  let left = false
  let lastLook = Number.NEGATIVE_INFINITY
  let lastExchange = Number.NEGATIVE_INFINITY

  const look = (): void => {
    const led = leads
    leads = place.lead.take()
    if (!leads) return
    if (!led) for (const listener of listeners) listener()
    merged.tidy()
  }
  const exchange = (): void => void recorder.guard('processes', () => place.removals.exchange())
  /** Whether there was anything to publish. */
  const publish = (): boolean => recorder.guard('processes', () => place.publisher.publish()) ?? false
  const tick = (): void => {
    timer = setTimeout(tick, publish() ? BUSY_MS : QUIET_MS).unref()
    const now = performance.now()
    if (now - lastExchange >= QUIET_MS) {
      lastExchange = now
      exchange()
    }
    if (now - lastLook < LEAD_EVERY_MS) return
    lastLook = now
    recorder.guard('processes', () => {
      place.publisher.beat()
      look()
    })
  }
  let timer = setTimeout(tick, BUSY_MS).unref()
  process.on('disconnect', publish)
  const stopNoting = noteEndedThreads(directory, recorder)
  publish()
  exchange()
  recorder.guard('processes', () => {
    look()
    if (leads) removeDeadGroups()
  })

  const group: ProcessGroup = {
    instanceId: makeOnce(directory, 'instance', randomUUID()),
    publish: () => void publish(),
    readings() {
      // What is answered here is published first: else the next answer, another's, could be lower.
      publish()
      exchange()
      last = recorder.guard('processes', merged.readings) ?? last
      return last ?? recorder.readings()
    },
    // Who was stopped for a while may have been replaced: the folder knows, a variable does not.
    leads: () => leads && (recorder.guard('processes', place.lead.holds) ?? false),
    onLead(listener) {
      listeners.push(listener)
      if (leads) listener()
    },
    producer(make, options) {
      // Its own, since it shows at times what was: a page must not.
      const seen = createMergedReadings(directory, place.id, recorder)
      const readings = () => {
        publish()
        exchange()
        return recorder.guard('processes', seen.readings) ?? []
      }
      return createGroupProducer(directory, { ...group, ...seen, readings }, make, options)
    },
    takeOver() {
      publish()
      recorder.guard('processes', () => {
        look()
        // One that is ending too may have collected already: then this one has to, when it has gone.
        const until = performance.now() + EXIT_WAIT_MS
        while (!leads && place.lead.isClosing() && performance.now() < until) {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CLOSING_LOOK_MS / 4)
          look()
        }
        if (!leads) look()
        if (leads) place.lead.close()
      })
    },
    async close(timeoutMs) {
      publish()
      const until = performance.now() + timeoutMs
      while (!group.leads() && recorder.guard('processes', place.lead.isClosing) && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, CLOSING_LOOK_MS))
        recorder.guard('processes', look)
      }
      if (!group.leads()) recorder.guard('processes', look)
      if (group.leads()) recorder.guard('processes', place.lead.close)
    },
    leave() {
      if (left) return
      left = true
      clearTimeout(timer)
      process.off('disconnect', publish)
      stopNoting()
      recorder.guard('processes', () => depart(place))
    },
  }
  return group
}
