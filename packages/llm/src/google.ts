export { type GoogleClient, instrument } from './clients/google.js'
export type { InstrumentOptions } from './clients/mark-client.js'
