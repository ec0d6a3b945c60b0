import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, isCallable } from '@quipu/wire/shape'
import { observeToolMethod } from '../frameworks/tool-calls.js'
import { markClient } from './mark-client.js'

/** The used parts of a chat model, completion model or embedder of LangChain. */
export interface LangChainModel {
  readonly caller: object
}

/** The used parts of a LangChain tool. */
export interface LangChainTool {
  readonly name: string
  readonly schema: unknown
  invoke(input: never, config?: never): Promise<unknown>
}

/** Models send their requests through an `AsyncCaller`; OpenAI models have one per API. */
const CALLERS = [['caller'], ['completions', 'caller'], ['responses', 'caller']]
const PATHS = CALLERS.flatMap((path) => [
  [...path, 'call'],
  [...path, 'callWithOptions'],
])

/**
 * Observes the calls of a LangChain model, also within chains and agents, or those of a tool. The retries of LangChain are
 * attempts of one call.
 *
 * @param subject a chat model, completion model, embedder or tool
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://js.langchain.com/docs/introduction
 * @example
 * const model = instrument(new ChatOpenAI({ model: 'gpt-4' }), { endpoint: 'chat' })
 */
export function instrument<C extends LangChainModel | LangChainTool>(
  subject: C,
  { recorder, endpoint }: InstrumentOptions = {},
): C {
  if (isCallable(at(subject, 'invoke')) && at(subject, 'caller') === undefined) {
    observeToolMethod(subject, 'call', recorder)
    return subject
  }
  return markClient(subject, PATHS, { recorder, endpoint })
}
