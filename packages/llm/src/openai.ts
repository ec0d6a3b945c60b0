export type { InstrumentOptions } from './clients/mark-client.js'
export { instrument } from './clients/openai.js'
export type { StainlessClient } from './clients/stainless-client.js'
