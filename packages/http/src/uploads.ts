export type { InstrumentOptions } from './libraries/instrument-options.js'
export { instrument } from './uploads/instrument.js'
