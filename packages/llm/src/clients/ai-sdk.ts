import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, isShape } from '@quipu/wire/shape'
import { observeToolMethod } from '../frameworks/tool-calls.js'
import { markClient } from './mark-client.js'

/** The used parts of a model of the AI SDK. */
export interface AiSdkModel {
  readonly specificationVersion: string
  readonly modelId: string
}

/** The tools that are passed to `generateText` and `streamText`, by their names. */
export interface AiSdkTools {
  readonly [name: string]: { readonly inputSchema: unknown }
}

/** Methods that `generateText`, `streamText`, `embed` and similar functions call. */
const PATHS = [['doGenerate'], ['doStream'], ['doEmbed'], ['doRerank']]

/**
 * Observes the calls of a model object of the AI SDK, or those of its tools.
 *
 * @param subject a language, embedding or reranking model, or an object of tools, of `ai` 5 to 7
 * @param options the recorder and the endpoint of the model's calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://ai-sdk.dev/docs/ai-sdk-core/provider-management
 * @example
 * const model = instrument(openai('gpt-4'), { endpoint: 'chat' })
 * const tools = instrument({ weather })
 */
export function instrument<C extends AiSdkModel | AiSdkTools>(
  subject: C,
  { recorder, endpoint }: InstrumentOptions = {},
): C {
  if (typeof at(subject, 'specificationVersion') === 'string') return markClient(subject, PATHS, { recorder, endpoint })
  for (const [name, tool] of Object.entries(subject)) {
    if (isShape(tool)) observeToolMethod(tool, 'execute', recorder, () => name)
  }
  return subject
}
