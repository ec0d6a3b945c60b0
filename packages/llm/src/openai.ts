export { type InstrumentOptions, instrument, type OpenAIClient } from './openai/instrument.js'
