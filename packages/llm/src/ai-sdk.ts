export { type AiSdkModel, type AiSdkTools, instrument } from './clients/ai-sdk.js'
export type { InstrumentOptions } from './clients/mark-client.js'
export { type AiSdkTelemetry, createAiSdkTelemetry } from './frameworks/ai-sdk-telemetry.js'
