export type { InstrumentOptions } from './libraries/instrument-options.js'
export { instrument, type SessionStore } from './sessions/instrument.js'
