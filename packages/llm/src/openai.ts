export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument } from './clients/openai.js'
export type { StainlessClient } from './clients/stainless-client.js'
