import { isObject } from '@quipu/catalog/builtin'
import type { OpenLlmCall } from './open-llm-call.js'
import { at, get } from './own-property.js'

/** A failure that a result reports without throwing: SecureTrack's `{ success: false, error_type }`. */
class ReportedFailure extends Error {
  override readonly name: string
  readonly code: string
  readonly status: number | undefined

  constructor(errorType: string, status: number | undefined) {
    super('the result reports a failure')
    this.name = errorType
    // SecureTrack's results have words: `API timeout`, `rate limit`.
    this.code = errorType.includes(' ') ? errorType.toLowerCase().replaceAll(' ', '_') : errorType
    this.status = status
  }
}

/**
 * Reads missing values of a call from a provider's result, by shape: its usage, the size of its completion, its model,
 * its tool calls, or its failure. Text is measured and dropped.
 */
export function readResult(call: OpenLlmCall, result: unknown): void {
  const holder = Array.isArray(result) ? result.at(-1) : result
  if (isObject(holder)) {
    readUsage(call, holder)
    const model = get(holder, 'model')
    if (typeof model === 'string') call.response({ model })
    const latencyMs = at(holder, 'metrics', 'latencyMs') ?? at(holder, 'response_metadata', 'metrics', 'latencyMs')
    if (typeof latencyMs === 'number') call.response({ latencyMs })
    // The text of a failure is not a completion.
    if (get(holder, 'success') === false) {
      call.fail(failureOf(holder))
      return
    }
    if (call.amounts.toolCalls === undefined) readToolCalls(call, holder)
  }
  if (call.amounts.outputBytes === undefined) for (const text of textsOf(result)) call.output(text)
}

function readUsage(call: OpenLlmCall, holder: { readonly [name: string]: unknown }): void {
  if (call.amounts.usage !== undefined) return
  const usage = ['usage', 'usageMetadata', 'usage_metadata'].map((name) => get(holder, name)).find(isObject)
  if (usage !== undefined) call.usage(usage)
  else if (countNames.some((name) => Object.hasOwn(holder, name))) call.usage(holder)
}

/** Counts next to the response: SecureTrack's metadata, Ollama's responses. */
const countNames = ['input_tokens', 'inputTokens', 'prompt_tokens', 'promptTokens', 'prompt_eval_count', 'eval_count']

/** The texts of a completion: `(thinking, answer, metadata)`, or the value of the first known name. */
function textsOf(result: unknown): readonly string[] {
  if (typeof result === 'string') return [result]
  if (Array.isArray(result)) return result.filter((part) => typeof part === 'string')
  if (!isObject(result)) return []
  const choices = get(result, 'choices')
  if (Array.isArray(choices)) return choices.flatMap((choice) => contentTexts(at(choice, 'message', 'content')))
  const candidates = get(result, 'candidates')
  if (Array.isArray(candidates)) return candidates.flatMap((one) => contentTexts(at(one, 'content', 'parts')))
  const message = get(result, 'message') ?? at(result, 'output', 'message')
  if (isObject(message)) return contentTexts(get(message, 'content'))
  for (const name of ['content', 'output_text', 'text', 'answer', 'response']) {
    const texts = contentTexts(get(result, name))
    if (texts.length > 0) return texts
  }
  return []
}

/** Content is a string, or a list of parts of which some are strings. */
function contentTexts(content: unknown): readonly string[] {
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return content.map((part) => (isObject(part) ? get(part, 'text') : part)).filter((text) => typeof text === 'string')
}

/** OpenAI's and Ollama's `tool_calls`, Anthropic's blocks of type `tool_use`. */
function readToolCalls(call: OpenLlmCall, result: object): void {
  const choices = get(result, 'choices')
  const holders = Array.isArray(choices) ? choices.filter(isObject) : [result]
  let count = 0
  for (const holder of holders) {
    const message = get(holder, 'message')
    const toolCalls = get(isObject(message) ? message : holder, 'tool_calls')
    const content = get(holder, 'content')
    if (Array.isArray(toolCalls)) count += toolCalls.length
    if (Array.isArray(content)) {
      count += content.filter((part) => isObject(part) && get(part, 'type') === 'tool_use').length
    }
  }
  if (count > 0) call.toolCalls(count)
}

function failureOf(result: object): ReportedFailure {
  const type = get(result, 'error_type') ?? get(result, 'errorType') ?? get(result, 'code')
  const status = get(result, 'status')
  return new ReportedFailure(
    typeof type === 'string' ? type : 'unknown',
    typeof status === 'number' ? status : undefined,
  )
}
