import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client of Mistral's API, as far as it is used here. */
export interface MistralClient {
  readonly chat: object
  readonly embeddings: object
}

const PATHS = [
  ...['complete', 'stream', 'parse', 'parseStream'].map((name) => ['chat', name]),
  ...['complete', 'stream'].flatMap((name) => [
    ['agents', name],
    ['fim', name],
  ]),
  ['embeddings', 'create'],
]

/**
 * Observes the calls of a Mistral client.
 *
 * @param client a `Mistral` client; versions 1 and 2
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new Mistral({ apiKey }), { endpoint: 'chat' })
 */
export function instrument<C extends MistralClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
