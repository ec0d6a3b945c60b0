export { instrument } from './bullmq/instrument.js'
export type { InstrumentOptions } from './reports/watch.js'
