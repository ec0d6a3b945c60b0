import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, isShape } from '@quipu/wire/shape'
import { observeGeminiLive } from './gemini-live.js'
import { markClient } from './mark-client.js'

/** The used parts of a client of Gemini and Vertex AI. */
export interface GoogleClient {
  readonly models: object
  readonly chats: object
}

/** Methods that send all requests of models, chats and automatic function calls, and the public ones. */
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
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://googleapis.github.io/js-genai/
 * @example
 * const client = instrument(new GoogleGenAI({ apiKey }), { endpoint: 'chat' })
 */
export function instrument<C extends GoogleClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  const live = at(client, 'live')
  if (isShape(live)) observeGeminiLive(live, { recorder, endpoint })
  return markClient(client, PATHS, { recorder, endpoint })
}
