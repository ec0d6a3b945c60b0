export type { InstrumentOptions } from '@quipu/wire/observers'
export { type GoogleClient, instrument } from './clients/google.js'
