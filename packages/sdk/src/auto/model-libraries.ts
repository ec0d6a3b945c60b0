import { observeLangChain } from '@quipu/llm/auto'
import type { Library } from './libraries.js'

/** Frameworks above the model clients: their tools, their retries and the runs of agents are not seen on the wire. */
const frameworks: readonly Omit<Library, 'kind'>[] = [
  {
    name: '@langchain/core',
    files: /^dist\/(?:callbacks\/manager|tools\/index|utils\/async_caller)\.[cm]?js$/,
    observe: observeLangChain,
  },
]

export const modelLibraries: readonly Library[] = frameworks.map((framework) => ({ ...framework, kind: 'models' }))
