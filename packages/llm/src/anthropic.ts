export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument } from './clients/anthropic.js'
export type { StainlessClient } from './clients/stainless-client.js'
