import cluster from 'node:cluster'
import { isMainThread } from 'node:worker_threads'
import type { MetricReading, Recorder } from '@quipu/core'
import { createMergedReadings } from './merged-readings.js'
import {
  DIRECTORY_VARIABLE,
  directoryOf,
  leaveLead,
  openDirectory,
  removeDeadGroups,
  removeIfAbandoned,
  takeLead,
} from './process-group.js'
import { groupName, ownProcessId } from './process-id.js'
import { createPublisher } from './publisher.js'

/** How often what changed is published; a killed process loses at most so much. */
const PUBLISH_EVERY_MS = 50
const LEAD_EVERY_MS = 1000

/** This process's place among those that record for one application. */
export interface ProcessGroup {
  /** The readings of all of them as if they were one's. */
  readings(): readonly MetricReading[]
  /** Whether this process exports for all. One does. */
  leads(): boolean
  /** Resolves when this process first leads. */
  readonly whenLeading: Promise<void>
  publish(): void
  leave(): void
}

/**
 * Joins the processes that one parent has forked (`cluster`, pools of children) or the threads of one process.
 *
 * They share a folder only they can read, in which each publishes its numbers; whoever is asked for a page reads them all.
 * So no process has to answer another, a slow one holds nobody up, and what a killed one has published stays.
 */
export function joinProcesses(
  recorder: Pick<Recorder, 'readings' | 'clock' | 'guard'>,
  kind: 'cluster' | 'workers',
): ProcessGroup {
  // The forked are named after who forked them; threads share their process with who started them.
  const isForked = kind === 'cluster' && (cluster.isWorker || (process.send !== undefined && isMainThread))
  const parent = isForked ? process.ppid : process.pid
  const directory = openDirectory(process.env[DIRECTORY_VARIABLE] ?? directoryOf(groupName(parent)))
  process.env[DIRECTORY_VARIABLE] = directory
  const own = ownProcessId()
  const publisher = createPublisher(directory, own, recorder)
  const merged = createMergedReadings(directory, own, recorder)
  let leads = false
  let nowLeading = (): void => undefined
  const whenLeading = new Promise<void>((resolve) => {
    nowLeading = resolve
  })
  let left = false
  let lastLook = Number.NEGATIVE_INFINITY

  const look = (): void => {
    const now = performance.now()
    if (now - lastLook < LEAD_EVERY_MS) return
    lastLook = now
    leads = takeLead(directory)
    if (!leads) return
    nowLeading()
    merged.tidy()
  }
  const publish = (): void => void recorder.guard('processes', () => publisher.publish())
  const timer = setInterval(() => {
    publish()
    recorder.guard('processes', look)
  }, PUBLISH_EVERY_MS)
  timer.unref()

  const leave = (): void => {
    if (left) return
    left = true
    clearInterval(timer)
    process.off('exit', leave)
    process.off('disconnect', publish)
    recorder.guard('processes', () => {
      publisher.close()
      leaveLead(directory)
      removeIfAbandoned(directory, own)
    })
  }
  process.on('exit', leave)
  process.on('disconnect', publish)
  recorder.guard('processes', () => {
    publisher.publish()
    look()
    if (leads) removeDeadGroups()
  })
  return {
    readings() {
      // What is answered here is published first: else the next answer, another's, could be lower.
      publish()
      return recorder.guard('processes', merged.readings) ?? recorder.readings()
    },
    leads: () => leads,
    whenLeading,
    publish,
    leave,
  }
}
