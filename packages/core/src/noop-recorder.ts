import { builtinCatalog, type Catalog, mergeCatalogs } from '@quipu/catalog/builtin'
import { createProducer, createSafeClock, createSystemClock } from '@quipu/store'
import { createHelpers } from './observe/create-helpers.js'
import { deferLlmCall } from './observe/open-llm-call.js'
import type { Recording } from './observe/recording.js'
import { joinToolCall } from './observe/tool-call.js'
import type { Recorder } from './recorder.js'

const nothing = (): void => undefined
const handle = { add: nothing, set: nothing, record: nothing }
const instrument = { ...handle, with: () => handle, remove: () => 0 }
const sessions = { start: nothing, touch: nothing, end: nothing, sweep: nothing }

/** Runs Quipu's own code and keeps its errors from the application. */
function guard<T>(_site: string, fn: () => T): T | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}

/**
 * Creates a recorder with the same interface that records and stores nothing. Wrapped functions still run, return and
 * throw as before.
 */
export function createNoopRecorder(): Recorder {
  const clock = createSafeClock(createSystemClock())
  const recording: Recording = {
    clock,
    write: nothing,
    remove: nothing,
    observe: nothing,
    logEvent: nothing,
    drop: nothing,
    guard,
    chunkGaps: () => [],
    pricing: undefined,
    tokensByUser: false,
  }
  let catalog: Catalog = builtinCatalog
  const metrics: Record<string, typeof instrument> = Object.create(null)
  const addInstruments = (names: object): void => {
    for (const name of Object.keys(names)) metrics[name] = instrument
  }
  addInstruments(catalog.metrics)
  const recorder: Recorder = {
    ...createHelpers(recording, sessions),
    // One object with the methods of all kinds, which do nothing.
    metrics: metrics as unknown as Recorder['metrics'],
    recordMetric: nothing,
    logMetric: nothing,
    clock,
    readings: () => [],
    onCollect: () => nothing,
    declareRoute: nothing,
    producer: (options) => createProducer(() => [], clock, options),
    attach: () => nothing,
    onActivity: () => nothing,
    prepareEvent: () => null,
    declaresEvent: (name) => Object.hasOwn(catalog.events, name),
    activityLogOn: false,
    records: () => false,
    pseudonym: () => '',
    countActiveUser: () => 0,
    joinToolCall: (tool, label = tool) => joinToolCall(recording, tool, label),
    deferLlmCall: () => deferLlmCall(recording),
    onRecordPending: () => nothing,
    recordPending: nothing,
    drop: nothing,
    caught: nothing,
    guard,
    configure: nothing,
    extend(more) {
      catalog = mergeCatalogs(catalog, more)
      addInstruments(more.metrics)
      // The same recorder, which now also has the entries just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return Object.freeze(recorder)
}
