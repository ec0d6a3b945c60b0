import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { readOptions } from '@quipu/catalog/options'
import { createStore, type Store } from '@quipu/store'
import { createRecorderEvents, createRecording, type RecorderEvents } from './create-recording.js'
import { createActiveUsers } from './observe/active-users.js'
import { createHelpers, userOf } from './observe/create-helpers.js'
import { deferLlmCall } from './observe/open-llm-call.js'
import type { Recording } from './observe/recording.js'
import { createSessions } from './observe/sessions.js'
import { joinToolCall } from './observe/tool-call.js'
import type { Recorder } from './recorder.js'
import { RecorderChoices } from './recorder-choices.js'
import { type RecorderOptions, type RecorderSettings, recorderOptions } from './recorder-options.js'

/**
 * Creates an isolated recorder with the built-in catalogue, your own entries, and every helper as a method.
 *
 * @param given all optional; see RecorderOptions
 * @returns a recorder that records from now on, with or without readers
 * @throws QuipuError QUIPU_CONFIG_INVALID for an invalid option, QUIPU_CATALOG_NAME_COLLISION if an entry would be
 * exported under the name of another one
 * @example
 * const recorder = createRecorder()
 * recorder.trackUserAction('export_report')
 * recorder.metrics.app_active_sessions.set(3)
 */
export function createRecorder<
  const M extends MetricSpecs = Record<never, never>,
  const E extends EventSpecs = Record<never, never>,
>(given: RecorderOptions<M, E> = {}): Recorder<M, E> {
  const options = readOptions(recorderOptions, given, 'createRecorder()')
  const choices = new RecorderChoices(options)
  const store = createStore(options)
  const events = createRecorderEvents(store, choices, options)
  const recording = createRecording(store, choices, events)
  const sessions = createSessions(recording, () => choices.sessions)
  store.onCollect(() => sessions.sweep(), { always: true })

  const recorder: Recorder<M, E> = {
    ...createHelpers(recording, sessions),
    ...store,
    ...methodsFor(store, events, recording),
    // The instruments are created from the entries from which their types are inferred.
    metrics: store.metrics as Recorder<M>['metrics'],
    get activityLogOn() {
      return choices.activityLog
    },
    configure(chosen: RecorderSettings) {
      choices.apply(chosen)
      store.configure(chosen)
    },
    extend(more) {
      store.extend(more)
      events.cleaner.extend(more.events)
      // The same recorder, which now also has the entries just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return recorder
}

/** The methods that depend on neither the catalogue nor the settings. */
function methodsFor({ guard }: Store, { cleaner, stream, log }: RecorderEvents, recording: Recording) {
  const pendingListeners = new Set<() => void>()
  return {
    logMetric: (event: string, user?: string | null, fields?: object) => log(event, user, fields),
    onRecordPending(listener) {
      pendingListeners.add(listener)
      return () => void pendingListeners.delete(listener)
    },
    recordPending() {
      for (const listener of pendingListeners) guard('pending', listener)
      stream.emitPending()
    },
    onActivity: stream.listen,
    prepareEvent: (event, user, fields) =>
      guard('activity', () => cleaner.prepare(event, user === undefined ? userOf(undefined) : user, fields)) ?? null,
    declaresEvent: cleaner.has,
    countActiveUser: createActiveUsers(),
    joinToolCall: (tool, label = tool) => joinToolCall(recording, tool, label),
    deferLlmCall: () => deferLlmCall(recording),
  } satisfies Partial<Recorder>
}
