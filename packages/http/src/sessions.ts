export type { InstrumentOptions } from './events/instrument-options.js'
export { instrument, type SessionStore } from './sessions/instrument.js'
