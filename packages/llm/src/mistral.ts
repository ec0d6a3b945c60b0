export type { InstrumentOptions } from './clients/mark-client.js'
export { instrument, type MistralClient } from './clients/mistral.js'
