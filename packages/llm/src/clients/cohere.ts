import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client of Cohere's API, as far as it is used here. */
export interface CohereClient {
  chat(request: never, options?: never): unknown
  rerank(request: never, options?: never): unknown
}

const METHODS = ['chat', 'chatStream', 'embed', 'rerank']
/** The first version's client has the second version's methods under `v2`. */
const PATHS = METHODS.flatMap((name) => [[name], ['v2', name]])

/**
 * Observes the calls of a Cohere client.
 *
 * @param client a `CohereClient` or `CohereClientV2`
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new CohereClientV2({ token }), { endpoint: 'chat' })
 */
export function instrument<C extends CohereClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
