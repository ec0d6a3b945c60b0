export type { InstrumentOptions } from './reports/instrument-options.js'
export { instrument, type SessionStore } from './sessions/instrument.js'
