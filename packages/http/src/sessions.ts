export type { InstrumentOptions } from './reports/watch.js'
export { instrument, type SessionStore } from './sessions/instrument.js'
