import { createRecorder } from './create-recorder.js'
import type { Recorder } from './recorder.js'

const nothing = (): void => undefined
const handle = { add: nothing, set: nothing, record: nothing }
const instrument = { ...handle, with: () => handle, remove: () => 0 }

/** A recorder with the same face that records nothing: wrapped functions still run, return and throw as ever. */
export function createNoopRecorder(): Recorder {
  const recorder = createRecorder({ vocabularies: [], activityLog: false })
  const metrics = Object.fromEntries(Object.keys(recorder.metrics).map((name) => [name, instrument]))
  return Object.freeze({
    ...recorder,
    // Every kind's methods in one object: whichever is called does nothing.
    metrics: metrics as unknown as Recorder['metrics'],
    readings: () => [],
    configure: nothing,
    drop: nothing,
    activityLogOn: false,
    disabled: true,
  })
}
