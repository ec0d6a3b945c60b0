export type { InstrumentOptions } from './clients/mark-client.js'
export { instrument, type OllamaClient } from './clients/ollama.js'
