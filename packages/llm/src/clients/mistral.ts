import type { InstrumentOptions } from '@quipu/wire/observers'
import { markClient } from './mark-client.js'

/** The used parts of a client of Mistral's API. */
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
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://github.com/mistralai/client-ts
 * @example
 * const client = instrument(new Mistral({ apiKey }), { endpoint: 'chat' })
 */
export function instrument<C extends MistralClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
