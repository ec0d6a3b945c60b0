import {
  aiSdkFunctions,
  observeAiSdk,
  observeLangChain,
  observeMastra,
  observeMcp,
  observeOpenAi,
  observeOpenAiAgents,
  replaceAiSdkFunction,
} from '@quipu/llm/auto'
import type { Library } from './libraries.js'

/** Frameworks above the model clients, whose tools, retries and runs of agents are not visible on the wire. */
const frameworks: readonly Omit<Library, 'kind'>[] = [
  { name: 'ai', observe: observeAiSdk, functions: aiSdkFunctions, replace: replaceAiSdkFunction },
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
  { name: '@mastra/core', files: /^dist\/(?:agent|workflows)\/index\.[cm]?js$/, observe: observeMastra },
]

/** Model clients, whose requests are observed on the wire; only their other work is observed here. */
const clients: readonly Omit<Library, 'kind'>[] = [{ name: 'openai', observe: observeOpenAi }]

export const modelLibraries: readonly Library[] = [
  ...frameworks.map((framework) => ({ ...framework, kind: 'framework' as const })),
  ...clients.map((client) => ({ ...client, kind: 'client' as const })),
]
