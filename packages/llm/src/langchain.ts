export { instrument, type LangChainModel } from './clients/langchain.js'
export type { InstrumentOptions } from './clients/mark-client.js'
