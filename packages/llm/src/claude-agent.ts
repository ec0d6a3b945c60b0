export { type ClaudeAgentOptions, type ClaudeQuery, instrument } from './clients/claude-agent.js'
export type { InstrumentOptions } from './clients/mark-client.js'
