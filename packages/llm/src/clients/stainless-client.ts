import { at } from '../shape.js'
import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client that Stainless generated: OpenAI's, Anthropic's, Groq's. */
export interface StainlessClient {
  readonly baseURL: string
}

/** Every such client sends its requests with this method of its own. */
const PATHS = [['fetch']]

/** Marks a client that Stainless generated, with the number of its retries. */
export function markStainlessClient<C extends StainlessClient>(
  client: C,
  { recorder, endpoint }: InstrumentOptions = {},
): C {
  const maxRetries = at(client, 'maxRetries')
  return markClient(client, PATHS, {
    recorder,
    endpoint,
    maxRetries: typeof maxRetries === 'number' ? maxRetries : undefined,
  })
}
