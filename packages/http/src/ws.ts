export type { InstrumentOptions } from './events/instrument-options.js'
export { instrument } from './ws/instrument.js'
