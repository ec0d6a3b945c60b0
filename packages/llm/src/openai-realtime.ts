export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument, type RealtimeConnection } from './clients/openai-realtime.js'
