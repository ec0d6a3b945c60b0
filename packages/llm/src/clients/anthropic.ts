import type { InstrumentOptions } from '@quipu/wire/observers'
import { markStainlessClient, type StainlessClient } from './stainless-client.js'

/**
 * Observes the calls of an Anthropic client, also of its classes for Vertex AI and Bedrock.
 *
 * @param client an `Anthropic`, `AnthropicVertex` or `AnthropicBedrock` client
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://github.com/anthropics/anthropic-sdk-typescript
 * @example
 * const client = instrument(new Anthropic(), { endpoint: 'chat' })
 */
export function instrument<C extends StainlessClient>(client: C, options?: InstrumentOptions): C {
  return markStainlessClient(client, options)
}
