import { builtinCatalog } from '@quipu/catalog/builtin'
import { createEventCleaner, type EventCleaner } from './activity/activity-events.js'
import { type ActivityStream, createActivityStream } from './activity/activity-stream.js'
import { userOf } from './observe/create-helpers.js'
import type { Mapping } from './observe/mappings/mapping.js'
import type { Recording } from './observe/recording.js'
import { type ObservationTarget, writeObservation } from './observe/write-observation.js'
import type { RecorderChoices } from './recorder-choices.js'
import type { RecorderCore } from './recorder-core.js'

/** A recorder's activity events: cleaned and passed to the listeners. */
export interface RecorderEvents {
  readonly cleaner: EventCleaner
  readonly stream: ActivityStream
  log(event: string, user: string | null | undefined, fields: object | undefined): void
}

export function createRecorderEvents(core: RecorderCore, choices: RecorderChoices): RecorderEvents {
  const { clock, context, drop, guard } = core
  const cleaner = createEventCleaner({
    clock,
    allow: context.allow,
    valueLength: context.limits.valueLength,
    pseudonym: context.pseudonym,
    drop,
    speaks: (vocabulary) => choices.speaks(vocabulary),
  })
  cleaner.extend(builtinCatalog.events)
  const stream = createActivityStream(guard, drop)
  return {
    cleaner,
    stream,
    log(event, user, fields) {
      if (!choices.activityLog) return
      guard('activity', () => {
        const prepared = cleaner.prepare(event, userOf(user), fields)
        if (prepared !== null) stream.emit(prepared)
      })
    },
  }
}

/** What the helpers of a recorder record through. */
export function createRecording(core: RecorderCore, choices: RecorderChoices, events: RecorderEvents): Recording {
  const { clock, store, drop, guard, caught } = core
  const target: ObservationTarget = {
    records: (vocabulary, profile) => choices.records(vocabulary, profile),
    write: (metric, value, labels) => void store.write(metric, value, labels),
    caught: (error) => caught('observe', error),
  }
  return {
    clock,
    // The store does not throw, but for a strict recorder's, which is to.
    write: (metric, value, labels) => void store.write(metric, value, labels),
    remove: (metric, labels) => void guard('remove', () => store.instruments[metric]?.remove(labels)),
    observe<O>(mapping: Mapping<O>, observation: O, user: string | null | undefined) {
      writeObservation(mapping, observation, target)
      if (!choices.activityLog) return
      for (const row of mapping.events) {
        const fields = guard('observe', () => row.fields(observation))
        if (fields !== undefined) events.log(row.event, user, fields)
      }
    },
    logEvent: events.log,
    drop,
    guard,
    speaks: (vocabulary) => choices.speaks(vocabulary),
    get price() {
      return choices.prices
    },
  }
}
