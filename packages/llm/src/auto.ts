// The functions that `register` calls with modules that the application has loaded. This file loads no framework.
export { aiSdkFunctions, replaceAiSdkFunction } from './frameworks/ai-sdk-functions.js'
export { observeAiSdk } from './frameworks/ai-sdk-telemetry.js'
export { observeLangChain } from './frameworks/observe-langchain.js'
export { observeMastra } from './frameworks/observe-mastra.js'
export { observeOpenAiAgents } from './frameworks/openai-agents.js'
export { observeOpenAi } from './frameworks/run-tools.js'
export { observeMcp } from './mcp/observe-mcp.js'
