export { instrument } from './bullmq/instrument.js'
export type { InstrumentOptions } from './events/instrument-options.js'
