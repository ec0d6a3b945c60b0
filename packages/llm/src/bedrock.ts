export type { InstrumentOptions } from '@quipu/wire/observers'
export { type BedrockClient, instrument } from './clients/bedrock.js'
