import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/core'
import type { GroupRecorder } from './group-recorder.js'
import { openFolder, removeDeadGroups } from './identity/group-folder.js'
import { makeOnce, tryMake } from './identity/make-once.js'
import { APPLICATION, type Place } from './identity/place.js'
import { readPort } from './identity/port-file.js'
import { enter, leave, type Membership } from './membership.js'
import { noteEndedThreads } from './note-ended-threads.js'
import { publishBeforeWait } from './publish/publish-before-wait.js'
import { createMergedReadings, type MergedReadings } from './read/merged-readings.js'

/** How long after a publication the next is, while something is recorded and when nothing is; a kill costs at most so much. */
const BUSY_MS = 10
const QUIET_MS = 50
const LEAD_EVERY_MS = 1000
const CLOSING_LOOK_MS = 20
/** Longest that the exit of a process waits for a leader that ends at the same moment. */
const EXIT_WAIT_MS = 250

/** What every process of a group has in common, unless the group has it already. */
export interface Common {
  /** Key of the pseudonyms. */
  readonly idKey: string
  /** To a back end the processes are one instance, whichever leads. */
  readonly instanceId: string
  /** The service's name, when one was given. */
  readonly application: string | undefined
}

/** A group whose folder this process has entered. */
export interface JoinedGroup {
  readonly folder: string
  /** Whether this process was alone before, and has exported alone. */
  readonly wasAlone: boolean
  readonly common: Common
  /** Whether this process was the first to lead the group. */
  readonly isFirst: boolean
  publish(): void
  readings(): readonly MetricReading[]
  /** Readings for one exporter: it shows at times what was, which a page must not. */
  exporterReadings(): MergedReadings
  leads(): boolean
  onLead(listener: () => void): void
  takeOver(): void
  close(timeoutMs: number): Promise<void>
  leave(): void
}

/** @throws Error when the folder cannot be made or is not this user's alone */
export function joinGroup(
  recorder: GroupRecorder,
  { folder, isAlone, mayLeadFirst }: Place,
  own: Common,
  /** Called before this process looks who leads: what it was alone ends. */
  prepare: (group: JoinedGroup) => void,
): JoinedGroup {
  openFolder(folder)
  const common: Common = {
    idKey: makeOnce(folder, 'id-key', own.idKey),
    instanceId: makeOnce(folder, 'instance', own.instanceId),
    application: own.application && makeOnce(folder, APPLICATION, own.application),
  }
  // A user whom two processes see is one user, and a removal reaches the same user in all of them.
  recorder.configure({ groupIdKey: common.idKey })
  const place = enter(folder, recorder, mayLeadFirst)
  const merged = createMergedReadings(folder, place.id, recorder, place.retained)
  const guard = <T>(work: () => T): T | undefined => recorder.guard('processes', work)
  const leadership = watchLead(place, merged, guard)
  const exchange = (): void => void guard(() => place.removals.exchange())
  /** Whether there was anything to publish. */
  const publish = (): boolean => guard(() => place.publisher.publish()) ?? false
  let port: number | undefined
  const beat = (): void =>
    void guard(() => {
      place.publisher.beat()
      place.publisher.publish({ sample: true })
      port = readPort(folder) ?? port
      keepFiles(folder, { ...toFiles(common), port: port?.toString() })
      place.retained.restore()
    })
  const stopTicking = tick({ publish, exchange, beat, look: leadership.look })
  const stops = [noteEndedThreads(folder, recorder), publishBeforeWait(publish), stopTicking]
  process.on('disconnect', publish)
  /** Shown again when the folder cannot be read for a moment: own numbers alone would be lower. */
  let last: readonly MetricReading[] | undefined
  let hasLeft = false
  const group: JoinedGroup = {
    ...leadership,
    folder,
    wasAlone: isAlone,
    common,
    get isFirst() {
      return place.lead.isFirst()
    },
    publish,
    readings() {
      // What is answered here is published first: else the next answer, another's, could be lower.
      publish()
      exchange()
      last = guard(merged.readings) ?? last
      return last ?? recorder.readings()
    },
    exporterReadings() {
      const seen = createMergedReadings(folder, place.id, recorder, place.retained)
      const readings = () => {
        publish()
        exchange()
        return guard(seen.readings) ?? []
      }
      return { ...seen, readings }
    },
    takeOver() {
      publish()
      leadership.takeOver()
    },
    async close(timeoutMs) {
      publish()
      await leadership.close(timeoutMs)
    },
    leave() {
      if (hasLeft) return
      hasLeft = true
      process.off('disconnect', publish)
      for (const stop of stops) stop()
      guard(() => leave(place))
    },
  }
  publish()
  exchange()
  prepare(group)
  leadership.look()
  if (leadership.leads()) guard(removeDeadGroups)
  return group
}

/** The files that hold what all have in common. */
function toFiles({ idKey, instanceId, application }: Common): Readonly<Record<string, string | undefined>> {
  return { 'id-key': idKey, instance: instanceId, [APPLICATION]: application }
}

/** Programs that clear temporary folders take files that are not touched for days: those are made again, and kept fresh. */
function keepFiles(folder: string, files: Readonly<Record<string, string | undefined>>): void {
  const now = new Date()
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue
    if (existsSync(join(folder, name))) utimesSync(join(folder, name), now, now)
    else tryMake(folder, name, text)
  }
}

interface Ticks {
  publish(): boolean
  exchange(): void
  beat(): void
  look(): void
}

/** Publishes, exchanges removals, and looks who leads, each in its time. Returns the function that ends it. */
function tick({ publish, exchange, beat, look }: Ticks): () => void {
  let lastLook = Number.NEGATIVE_INFINITY
  let lastExchange = Number.NEGATIVE_INFINITY
  const run = (): void => {
    timer = setTimeout(run, publish() ? BUSY_MS : QUIET_MS)
    timer.unref()
    const now = performance.now()
    if (now - lastExchange >= QUIET_MS) {
      lastExchange = now
      exchange()
    }
    if (now - lastLook < LEAD_EVERY_MS) return
    lastLook = now
    beat()
    look()
  }
  let timer = setTimeout(run, BUSY_MS)
  timer.unref()
  return () => clearTimeout(timer)
}

type Leadership = Pick<JoinedGroup, 'leads' | 'onLead' | 'takeOver' | 'close'> & { look(): void }

/** Whether this process leads, as the folder says: one that was stopped for a while may have been replaced. */
function watchLead(
  { lead }: Pick<Membership, 'lead'>,
  merged: Pick<MergedReadings, 'tidy'>,
  guard: <T>(work: () => T) => T | undefined,
): Leadership {
  const listeners: (() => void)[] = []
  let hasLead = false
  const leads = (): boolean => hasLead && (guard(lead.holds) ?? false)
  const isClosing = (): boolean => guard(lead.isClosing) ?? false
  const look = (): void =>
    void guard(() => {
      const had = hasLead
      hasLead = lead.take()
      if (!hasLead) return
      if (!had) for (const listener of listeners) listener()
      merged.tidy()
    })
  return {
    look,
    leads,
    onLead(listener) {
      listeners.push(listener)
      if (hasLead) listener()
    },
    takeOver() {
      look()
      // One that is ending too may have collected already: then this one has to, when it has gone.
      const until = performance.now() + EXIT_WAIT_MS
      while (!hasLead && isClosing() && performance.now() < until) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CLOSING_LOOK_MS / 4)
        look()
      }
      if (!hasLead) look()
      if (hasLead) guard(lead.close)
    },
    async close(timeoutMs) {
      const until = performance.now() + timeoutMs
      while (!leads() && isClosing() && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, CLOSING_LOOK_MS))
        look()
      }
      if (!leads()) look()
      if (leads()) guard(lead.close)
    },
  }
}
