export { type AgentsProcessor, createAgentsProcessor } from './frameworks/openai-agents.js'
