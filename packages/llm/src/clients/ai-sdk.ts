import { type InstrumentOptions, markClient } from './mark-client.js'

/** The used parts of a model of the AI SDK. */
export interface AiSdkModel {
  readonly specificationVersion: string
  readonly modelId: string
}

/** Methods that `generateText`, `streamText`, `embed` and similar functions call. */
const PATHS = [['doGenerate'], ['doStream'], ['doEmbed'], ['doRerank']]

/**
 * Observes the calls of a model object of the AI SDK.
 *
 * @param model a language, embedding or reranking model of `ai` 5 to 7
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://ai-sdk.dev/docs/ai-sdk-core/provider-management
 * const model = instrument(openai('gpt-4'), { endpoint: 'chat' })
 */
export function instrument<C extends AiSdkModel>(model: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(model, PATHS, { recorder, endpoint })
}
