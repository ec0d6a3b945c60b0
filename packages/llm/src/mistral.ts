export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument, type MistralClient } from './clients/mistral.js'
