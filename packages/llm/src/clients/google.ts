import { type InstrumentOptions, markClient } from './mark-client.js'

/** A client of Gemini and Vertex AI, as far as it is used here. */
export interface GoogleClient {
  readonly models: object
  readonly chats: object
}

/** All requests of models, chats and automatic function calls go through these methods; the others are the public ones. */
const PATHS = [
  ['apiClient', 'request'],
  ['apiClient', 'requestStream'],
  ['models', 'generateContent'],
  ['models', 'generateContentStream'],
  ['models', 'embedContent'],
]

/**
 * Observes the calls of a Google GenAI client, for Gemini or Vertex AI.
 *
 * @param client a `GoogleGenAI` client; versions 1 to 3
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new GoogleGenAI({ apiKey }), { endpoint: 'chat' })
 */
export function instrument<C extends GoogleClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(client, PATHS, { recorder, endpoint })
}
