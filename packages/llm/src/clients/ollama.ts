import type { InstrumentOptions } from '@quipu/wire/observers'
import { markClient } from './mark-client.js'

/** The used parts of a client of an Ollama server. */
export interface OllamaClient {
  chat(request: never): unknown
  generate(request: never): unknown
}

/** The client sends its requests through this property. */
const PATHS = [['fetch']]

/**
 * Observes the calls of an Ollama client.
 *
 * @param client an `Ollama` client
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://github.com/ollama/ollama-js
 * @example
 * const client = instrument(new Ollama(), { endpoint: 'chat' })
 */
export function instrument<C extends OllamaClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
