import { observeAiSdk, observeLangChain, observeMcp, observeOpenAi, observeOpenAiAgents } from '@quipu/llm/auto'
import type { Library } from './libraries.js'

/** Frameworks above the model clients: their tools, their retries and the runs of agents are not seen on the wire. */
const frameworks: readonly Omit<Library, 'kind'>[] = [
  { name: 'ai', observe: observeAiSdk },
  {
    name: '@langchain/core',
    files: /^dist\/(?:callbacks\/manager|tools\/index|utils\/async_caller)\.[cm]?js$/,
    observe: observeLangChain,
  },
  {
    name: '@modelcontextprotocol/sdk',
    files: /^dist\/(?:esm|cjs)\/(?:client\/index|server\/index|server\/mcp)\.js$/,
    observe: observeMcp,
  },
  { name: '@modelcontextprotocol/client', observe: observeMcp },
  { name: '@modelcontextprotocol/server', observe: observeMcp },
  { name: '@openai/agents-core', observe: observeOpenAiAgents },
]

/** Model clients are seen on the wire; here only what they do beside their requests. */
const clients: readonly Omit<Library, 'kind'>[] = [{ name: 'openai', observe: observeOpenAi }]

export const modelLibraries: readonly Library[] = [
  ...frameworks.map((framework) => ({ ...framework, kind: 'framework' as const })),
  ...clients.map((client) => ({ ...client, kind: 'client' as const })),
]
