export { type InstrumentOptions, instrument } from './mcp/instrument.js'
