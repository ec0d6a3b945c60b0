import type { InstrumentOptions } from './mark-client.js'
import { markStainlessClient, type StainlessClient } from './stainless-client.js'

/**
 * Observes the calls of an OpenAI client, or of any other client of OpenAI's protocol: Azure, Groq, DeepSeek, OpenRouter.
 *
 * @param client an `OpenAI`, `AzureOpenAI`, `Groq` or compatible client; versions 4 to 7 of `openai`
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are; clients made by `withOptions` are observed too.
 * Never throws.
 * @example
 * const client = instrument(new OpenAI(), { endpoint: 'chat' })
 */
export function instrument<C extends StainlessClient>(client: C, options?: InstrumentOptions): C {
  return markStainlessClient(client, options)
}
