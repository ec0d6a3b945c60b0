export type { InstrumentOptions } from './clients/mark-client.js'
export { instrument, type RealtimeConnection } from './clients/openai-realtime.js'
