import { builtinCatalog } from '@quipu/catalog/builtin'
import { resolveOptions } from '@quipu/catalog/options'
import { limitOptions, type Store } from '@quipu/store'
import { type ActivityStream, createActivityStream } from './activity/activity-stream.js'
import { createEventCleaner, type EventCleaner } from './activity/event-cleaner.js'
import { userOf } from './observe/create-helpers.js'
import type { User } from './observe/lazy-user.js'
import type { Mapping } from './observe/mappings/mapping.js'
import type { Recording } from './observe/recording.js'
import { type ObservationTarget, writeObservation } from './observe/write-observation.js'
import type { RecorderChoices } from './recorder-choices.js'
import type { UntypedRecorderOptions } from './recorder-options.js'

/** A recorder's activity events, cleaned and passed to the listeners. */
export interface RecorderEvents {
  readonly cleaner: EventCleaner
  readonly stream: ActivityStream
  log(event: string, user: User | undefined, fields: object | undefined): void
}

export function createRecorderEvents(
  { clock, pseudonym, records, drop, guard }: Store,
  choices: RecorderChoices,
  { allow = {}, limits = {}, catalog }: UntypedRecorderOptions,
): RecorderEvents {
  const { valueLength } = resolveOptions(limitOptions, limits)
  const cleaner = createEventCleaner({ clock, allow, valueLength, pseudonym, drop, records })
  cleaner.extend(builtinCatalog.events)
  if (catalog !== undefined) cleaner.extend(catalog.events)
  const stream = createActivityStream(guard, drop)
  return {
    cleaner,
    stream,
    log(event, user, fields) {
      if (!choices.activityLog) return
      guard('activity', () => {
        const name = userOf(user)
        const isKnown = !(name instanceof Promise)
        const prepared = cleaner.prepare(event, isKnown ? name : null, fields)
        if (prepared === null) return
        if (isKnown) stream.emit(prepared)
        else
          stream.emitLater(
            prepared,
            name.then((known) => cleaner.named(prepared, known)),
          )
      })
    },
  }
}

const chunkGapMetrics = [
  'gen_ai.client.operation.time_per_output_chunk',
  'gen_ai.client.inference.time_per_output_chunk',
] as const

/** Creates the internal interface of a recorder for its helpers. */
export function createRecording(store: Store, choices: RecorderChoices, events: RecorderEvents): Recording {
  const { clock, metrics, recordMetric, records, drop, guard, caught } = store
  const target: ObservationTarget = {
    records: records,
    write: recordMetric,
    caught: (error) => caught('observe', error),
  }
  return {
    clock,
    write: recordMetric,
    remove: (metric, labels) => void guard('remove', () => metrics[metric].remove(labels)),
    observe<O>(mapping: Mapping<O>, observation: O, user: User | undefined) {
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
    chunkGaps: (labels) =>
      chunkGapMetrics
        .filter((name) => records('gen_ai', builtinCatalog.metrics[name].profile))
        .map((name) => metrics[name].with(labels)),
    get pricing() {
      const { prices: table, priceOf: lookup } = choices
      return table === undefined && lookup === undefined ? undefined : { table, lookup }
    },
    get tokensByUser() {
      return choices.tokensByUser
    },
  }
}
