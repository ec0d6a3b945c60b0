export { type AiSdkModel, instrument } from './clients/ai-sdk.js'
export type { InstrumentOptions } from './clients/mark-client.js'
