export { instrument, type LangChainModel, type LangChainTool } from './clients/langchain.js'
export type { InstrumentOptions } from './clients/mark-client.js'
