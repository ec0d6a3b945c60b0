export { type CohereClient, instrument } from './clients/cohere.js'
export type { InstrumentOptions } from './clients/mark-client.js'
