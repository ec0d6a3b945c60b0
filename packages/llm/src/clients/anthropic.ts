import type { InstrumentOptions } from './mark-client.js'
import { markStainlessClient, type StainlessClient } from './stainless-client.js'

/**
 * Observes the calls of an Anthropic client, also of its classes for Vertex AI and Bedrock.
 *
 * @param client an `Anthropic`, `AnthropicVertex` or `AnthropicBedrock` client
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new Anthropic(), { endpoint: 'chat' })
 */
export function instrument<C extends StainlessClient>(client: C, options?: InstrumentOptions): C {
  return markStainlessClient(client, options)
}
