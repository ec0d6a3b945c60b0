import { type InstrumentOptions, markClient } from './mark-client.js'

/** A chat model, completion model or embedder of LangChain, as far as it is used here. */
export interface LangChainModel {
  readonly caller: object
}

/** Models send their requests through an `AsyncCaller`; those for OpenAI keep one for each API. */
const CALLERS = [['caller'], ['completions', 'caller'], ['responses', 'caller']]
const PATHS = CALLERS.flatMap((path) => [
  [...path, 'call'],
  [...path, 'callWithOptions'],
])

/**
 * Observes the calls of a LangChain model, also within chains and agents.
 *
 * @param model a chat model, completion model or embedder
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const model = instrument(new ChatOpenAI({ model: 'gpt-4' }), { endpoint: 'chat' })
 */
export function instrument<C extends LangChainModel>(model: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(model, PATHS, { recorder, endpoint })
}
