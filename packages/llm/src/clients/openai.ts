import { defaultRecorder } from '@quipu/core'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { observingRecorders } from '@quipu/wire/observers'
import { at, isShape } from '@quipu/wire/shape'
import { observeRunTools } from '../frameworks/run-tools.js'
import { markStainlessClient, type StainlessClient } from './stainless-client.js'

/**
 * Observes the calls of an OpenAI client, or of another client of OpenAI's protocol: Azure, Groq, DeepSeek, OpenRouter.
 * Clients that its `withOptions` creates are observed as well.
 * The functions that `runTools` calls are tool calls.
 *
 * @param client an `OpenAI`, `AzureOpenAI`, `Groq` or compatible client; versions 4 to 7 of `openai`
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://github.com/openai/openai-node
 * @example
 * const client = instrument(new OpenAI(), { endpoint: 'chat' })
 */
export function instrument<C extends StainlessClient>(client: C, options?: InstrumentOptions): C {
  const recorder = () => options?.recorder ?? (observingRecorders().length === 0 ? defaultRecorder() : undefined)
  for (const api of [client, at(client, 'beta')]) {
    const completions = at(at(api, 'chat'), 'completions')
    if (isShape(completions)) observeRunTools(completions, recorder)
  }
  return markStainlessClient(client, options)
}
