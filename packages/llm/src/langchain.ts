export type { InstrumentOptions } from '@quipu/wire/observers'
export { instrument, type LangChainModel, type LangChainTool } from './clients/langchain.js'
