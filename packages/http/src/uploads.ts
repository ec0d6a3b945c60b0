export type { InstrumentOptions } from './reports/watch.js'
export { instrument } from './uploads/instrument.js'
