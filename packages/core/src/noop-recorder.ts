import { createRecorder } from './create-recorder.js'
import { createProducer } from './otel/producer.js'
import type { Recorder } from './recorder.js'

const nothing = (): void => undefined
const handle = { add: nothing, set: nothing, record: nothing }
const instrument = { ...handle, with: () => handle, remove: () => 0 }

/** A recorder with the same face that records nothing: wrapped functions still run, return and throw as ever. */
export function createNoopRecorder(): Recorder {
  const inner = createRecorder({ vocabularies: [], activityLog: false })
  const metrics: Record<string, typeof instrument> = Object.create(null)
  const add = (names: object): void => {
    for (const name of Object.keys(names)) metrics[name] = instrument
  }
  add(inner.metrics)
  const recorder: Recorder = {
    ...inner,
    // Every kind's methods in one object: whichever is called does nothing.
    metrics: metrics as unknown as Recorder['metrics'],
    recordMetric: nothing,
    logMetric: nothing,
    readings: () => [],
    producer: (options) => createProducer(() => [], inner.clock, options),
    attach: () => nothing,
    onActivity: () => nothing,
    prepareEvent: () => null,
    activityLogOn: false,
    speaks: () => false,
    configure: nothing,
    drop: nothing,
    extend(catalog) {
      inner.extend(catalog)
      add(catalog.metrics)
      // The same recorder, known now to have the entries that were just added.
      return recorder as unknown as Recorder<never, never>
    },
  }
  return Object.freeze(recorder)
}
