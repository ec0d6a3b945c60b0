export type { InstrumentOptions } from './reports/instrument-options.js'
export { instrument } from './ws/instrument.js'
