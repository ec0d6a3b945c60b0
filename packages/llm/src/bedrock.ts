export { type BedrockClient, instrument } from './clients/bedrock.js'
export type { InstrumentOptions } from './clients/mark-client.js'
