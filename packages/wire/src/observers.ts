// What clients and frameworks need to take part in the observation. It loads no source of requests.
export type { InstrumentOptions } from './observers/instrument-options.js'
export {
  type CallWatch,
  type ClientMark,
  currentOperation,
  observingRecorders,
  type RequestBody,
  runMarked,
  runOperation,
  runWatched,
} from './observers/observers.js'
export { type InstrumentationStatus, reportInstrumentation } from './observers/report-instrumentation.js'
export { observedStream } from './sources/observed-stream.js'
