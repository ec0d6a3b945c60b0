import { type InstrumentOptions, markClient } from './mark-client.js'

/** A model of the AI SDK, as far as it is used here. */
export interface AiSdkModel {
  readonly specificationVersion: string
  readonly modelId: string
}

/** What `generateText`, `streamText`, `embed` and their like call on a model. */
const PATHS = [['doGenerate'], ['doStream'], ['doEmbed'], ['doRerank']]

/**
 * Observes the calls of a model object of the AI SDK.
 *
 * @param model a language, embedding or reranking model; versions 5 to 7 of \`ai\`
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const model = instrument(openai('gpt-4'), { endpoint: 'chat' })
 */
export function instrument<C extends AiSdkModel>(model: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  return markClient(model, PATHS, { recorder, endpoint })
}
