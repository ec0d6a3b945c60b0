import type { LlmEndpointDetails } from '@quipu/core'
import { textAt } from '../shape.js'

/** Hosts that the same client is pointed at, by the end of their names. */
const providers: readonly (readonly [suffix: string, provider: string])[] = [
  ['.openai.azure.com', 'azure.ai.openai'],
  ['.services.ai.azure.com', 'azure.ai.inference'],
  ['groq.com', 'groq'],
  ['deepseek.com', 'deepseek'],
  ['x.ai', 'x_ai'],
  ['mistral.ai', 'mistral_ai'],
  ['perplexity.ai', 'perplexity'],
  ['moonshot.ai', 'moonshot_ai'],
  ['cohere.com', 'cohere'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
]

/** Where a client's calls go. A proxy or a server of one's own that speaks OpenAI's format counts as `openai`. */
export function whereTo(client: object): LlmEndpointDetails {
  const baseUrl = textAt(client, 'baseURL')
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return { provider: 'openai' }
  const { hostname, port, protocol } = new URL(baseUrl)
  const found = providers.find(([suffix]) => `.${hostname}`.endsWith(suffix.startsWith('.') ? suffix : `.${suffix}`))
  return {
    provider: found?.[1] ?? 'openai',
    serverAddress: hostname,
    serverPort: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
  }
}
