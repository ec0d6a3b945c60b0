export type { InstrumentOptions } from '@quipu/wire/observers'
export { type CohereClient, instrument } from './clients/cohere.js'
