import type { InstrumentOptions } from '@quipu/wire/observers'
import { markClient } from './mark-client.js'

/** The used parts of a client of Cohere's API. */
export interface CohereClient {
  chat(request: never, options?: never): unknown
  rerank(request: never, options?: never): unknown
}

const METHODS = ['chat', 'chatStream', 'embed', 'rerank']
/** The client of version 1 has the methods of version 2 under `v2`. */
const PATHS = METHODS.flatMap((name) => [[name], ['v2', name]])

/**
 * Observes the calls of a Cohere client.
 *
 * @param client a `CohereClient` or `CohereClientV2`
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://docs.cohere.com/reference/chat
 * @example
 * const client = instrument(new CohereClientV2({ token }), { endpoint: 'chat' })
 */
export function instrument<C extends CohereClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
