export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument, type OllamaClient } from './clients/ollama.js'
