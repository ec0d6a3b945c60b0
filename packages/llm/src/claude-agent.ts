export type { InstrumentOptions } from '@quipu/wire/observers'
export { type ClaudeAgentOptions, type ClaudeQuery, instrument } from './clients/claude-agent.js'
