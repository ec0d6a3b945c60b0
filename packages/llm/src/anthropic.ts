export { instrument } from './clients/anthropic.js'
export type { InstrumentOptions } from './clients/mark-client.js'
export type { StainlessClient } from './clients/stainless-client.js'
