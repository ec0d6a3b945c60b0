import { existsSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricReading } from '@quipu/store'
import type { GroupRecorder } from './group-recorder.js'
import { openFolder, removeDeadGroups } from './identity/group-folder.js'
import { makeOnce, tryMake } from './identity/make-once.js'
import { APPLICATION, type Place } from './identity/place.js'
import { readPort } from './identity/port-file.js'
import { createLeadership } from './lead/leadership.js'
import { enter, leave, type Membership } from './membership.js'
import { noteEndedThreads } from './note-ended-threads.js'
import { publishBeforeWait } from './publish/publish-before-wait.js'
import { createMergedReadings, type MergedReadings } from './read/merged-readings.js'
import { startTicking } from './start-ticking.js'

/** Values that all processes of a group share; the first process sets them. */
export interface Common {
  /** Key of the pseudonyms. */
  readonly idKey: string
  /** For a back end the processes are one instance, whichever leads. */
  readonly instanceId: string
  /** The service's name, if set. */
  readonly application: string | undefined
}

/** A group that this process has joined. */
export interface JoinedGroup {
  readonly folder: string
  /** Whether this process was alone before, and has exported alone. */
  readonly wasAlone: boolean
  readonly common: Common
  /** Whether this process was the first to lead the group. */
  readonly isFirst: boolean
  publish(): void
  readings(): readonly MetricReading[]
  /** Readings for one exporter, which sometimes shows earlier values, unlike a page. */
  exporterReadings(): MergedReadings
  leads(): boolean
  onLead(listener: () => void): void
  takeOver(): void
  close(timeoutMs: number): Promise<void>
  leave(): void
}

/** @throws Error if the folder cannot be created or does not belong to this user only */
export function joinGroup(
  recorder: GroupRecorder,
  { folder, isAlone, mayLeadFirst }: Place,
  own: Common,
  /** Called before this process tries to lead, when it is no longer alone. */
  prepare: (group: JoinedGroup) => void,
): JoinedGroup {
  openFolder(folder)
  const common: Common = {
    idKey: makeOnce(folder, 'id-key', own.idKey),
    instanceId: makeOnce(folder, 'instance', own.instanceId),
    application: own.application && makeOnce(folder, APPLICATION, own.application),
  }
  // A user has one pseudonym in all processes, so that counts and removals refer to the same user.
  recorder.configure({ groupIdKey: common.idKey })
  const place = enter(folder, recorder, mayLeadFirst)
  const merged = createMergedReadings(folder, place.id, recorder, place.archive)
  const guard = <T>(work: () => T): T | undefined => recorder.guard('processes', work)
  const leadership = createLeadership(place.lead, merged.tidy, guard)
  const { publish, exchange, stop } = startPeriodicWork(place, folder, common, {
    recorder,
    checkLead: leadership.checkLead,
  })
  /**
   * Publishes values before they are shown, because the next response, of another process, could otherwise be lower.
   */
  const renew = ({ readings }: MergedReadings): readonly MetricReading[] | undefined => {
    publish()
    exchange()
    return guard(readings)
  }
  /** Shown again if the folder is temporarily unreadable: this process's own values would be lower. */
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
      last = renew(merged) ?? last
      return last ?? recorder.readings()
    },
    exporterReadings() {
      const seen = createMergedReadings(folder, place.id, recorder, place.archive)
      return { ...seen, readings: () => renew(seen) ?? [] }
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
      stop()
      guard(() => leave(place))
    },
  }
  publish()
  exchange()
  prepare(group)
  leadership.checkLead()
  if (leadership.leads()) guard(removeDeadGroups)
  return group
}

/** What a member of a group does again and again. */
interface PeriodicWork {
  /** Returns whether there was anything to publish. */
  publish(): boolean
  exchange(): void
  stop(): void
}

/** Starts the periodic work of a member of a group. */
function startPeriodicWork(
  { publisher, removals, archive }: Membership,
  folder: string,
  common: Common,
  { recorder, checkLead }: { readonly recorder: GroupRecorder; checkLead(): void },
): PeriodicWork {
  const guard = <T>(work: () => T): T | undefined => recorder.guard('processes', work)
  const exchange = (): void => void guard(() => removals.exchange())
  const publish = (): boolean => guard(() => publisher.publish()) ?? false
  let port: number | undefined
  const beat = (): void =>
    void guard(() => {
      publisher.beat()
      publisher.publish({ sample: true })
      port = readPort(folder) ?? port
      keepFiles(folder, { ...toFiles(common), port: port?.toString() })
      archive.restore()
    })
  const stopTicking = startTicking({ publish, exchange, beat, checkLead })
  const stops = [noteEndedThreads(folder, recorder), publishBeforeWait(publish), stopTicking]
  process.on('disconnect', publish)
  return {
    publish,
    exchange,
    stop() {
      process.off('disconnect', publish)
      for (const stop of stops) stop()
    },
  }
}

/** The files with the values that all processes share. */
function toFiles({ idKey, instanceId, application }: Common): Readonly<Record<string, string | undefined>> {
  return { 'id-key': idKey, instance: instanceId, [APPLICATION]: application }
}

/**
 * Programs that clear temporary folders remove files that were not touched for days: these are created again, and kept
 * fresh.
 */
function keepFiles(folder: string, files: Readonly<Record<string, string | undefined>>): void {
  const now = new Date()
  for (const [name, text] of Object.entries(files)) {
    if (text === undefined) continue
    if (existsSync(join(folder, name))) utimesSync(join(folder, name), now, now)
    else tryMake(folder, name, text)
  }
}
