export { instrument } from './bullmq/instrument.js'
export type { InstrumentOptions } from './libraries/instrument-options.js'
