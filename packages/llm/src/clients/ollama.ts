import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client of an Ollama server, as far as it is used here. */
export interface OllamaClient {
  chat(request: never): unknown
  generate(request: never): unknown
}

/** The client sends its requests with this property of its own. */
const PATHS = [['fetch']]

/**
 * Observes the calls of an Ollama client.
 *
 * @param client an `Ollama` client
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new Ollama(), { endpoint: 'chat' })
 */
export function instrument<C extends OllamaClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
