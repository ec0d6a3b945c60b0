import { at } from '../shape.js'
import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client of OpenAI's protocol; every class of the `openai` package is one. */
export interface OpenAIClient {
  readonly baseURL: string
}

/** Every client that Stainless generates sends its requests with this method of its own. */
const PATHS = [['fetch']]

/**
 * Observes the calls of an OpenAI client, or of any other client of OpenAI's protocol: Azure, Groq, DeepSeek, OpenRouter.
 *
 * @param client an `OpenAI`, `AzureOpenAI` or compatible client; versions 4 to 7
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are; clients made by `withOptions` are observed too.
 * Never throws.
 * @example
 * const client = instrument(new OpenAI(), { endpoint: 'chat' })
 */
export function instrument<C extends OpenAIClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint, maxRetries: numberAt(client, 'maxRetries') })
}

function numberAt(holder: object, name: string): number | undefined {
  const value = at(holder, name)
  return typeof value === 'number' ? value : undefined
}
