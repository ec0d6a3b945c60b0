export type { InstrumentOptions } from './clients/mark-client.js'
export { instrument, type OpenAIClient } from './clients/openai.js'
