export type { InstrumentOptions } from './reports/watch.js'
export { instrument } from './ws/instrument.js'
