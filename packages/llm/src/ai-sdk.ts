export type { InstrumentOptions } from '@quipu/wire/observers'
export { type AiSdkModel, type AiSdkTools, instrument } from './clients/ai-sdk.js'
export { type AiSdkTelemetry, createAiSdkTelemetry } from './frameworks/ai-sdk-telemetry.js'
