import type { LlmCall } from './llm-call.js'

/** A failure that a result reports instead of throwing: SecureTrack's `{ success: false, error_type }`. */
export class ReportedFailure extends Error {
  override readonly name: string
  readonly code: string
  readonly status: number | undefined

  constructor(errorType: string, status: number | undefined) {
    super('the result reports a failure')
    this.name = errorType.replaceAll(' ', '_')
    this.code = errorType
    this.status = status
  }
}

/**
 * Tells a call what a provider's result says of it, by shape: its usage, the size of its completion, its model, its tool
 * calls, or that it failed. Text is measured and dropped.
 */
export function readResult(call: LlmCall, result: unknown): void {
  if (typeof result === 'string') call.output(result)
  else if (Array.isArray(result)) readTuple(call, result)
  else if (typeof result === 'object' && result !== null) readObject(call, result)
}

function readObject(call: LlmCall, result: object): void {
  const usage = get(result, 'usage') ?? get(result, 'usageMetadata') ?? get(result, 'usage_metadata')
  if (typeof usage === 'object' && usage !== null) call.usage({ ...usage })
  const model = get(result, 'model')
  if (typeof model === 'string') call.response({ model })
  readText(call, result)
  if (get(result, 'success') === false) call.fail(failureOf(result))
}

/** `(thinking, answer, metadata)`: the metadata says what it used, and whether it failed. */
function readTuple(call: LlmCall, parts: readonly unknown[]): void {
  for (const part of parts) if (typeof part === 'string') call.output(part)
  const metadata = parts.at(-1)
  if (typeof metadata !== 'object' || metadata === null) return
  const usage = get(metadata, 'usage') ?? metadata
  if (typeof usage === 'object' && usage !== null && hasCounts(usage)) call.usage({ ...usage })
  if (get(metadata, 'success') === false) call.fail(failureOf(metadata))
}

function readText(call: LlmCall, result: object): void {
  const choices = get(result, 'choices')
  if (Array.isArray(choices)) {
    let tools = 0
    for (const choice of choices) {
      const message = typeof choice === 'object' && choice !== null ? get(choice, 'message') : undefined
      if (typeof message !== 'object' || message === null) continue
      const content = get(message, 'content')
      if (typeof content === 'string') call.output(content)
      const toolCalls = get(message, 'tool_calls')
      if (Array.isArray(toolCalls)) tools += toolCalls.length
    }
    if (tools > 0) call.toolCalls(tools)
    return
  }
  for (const name of ['content', 'output_text', 'text', 'answer']) {
    const text = get(result, name)
    if (typeof text !== 'string') continue
    call.output(text)
    return
  }
}

function failureOf(result: object): ReportedFailure {
  const type = get(result, 'error_type') ?? get(result, 'errorType') ?? get(result, 'code')
  const status = get(result, 'status')
  return new ReportedFailure(
    typeof type === 'string' ? type : 'unknown',
    typeof status === 'number' ? status : undefined,
  )
}

function hasCounts(usage: object): boolean {
  return ['input_tokens', 'inputTokens', 'prompt_tokens', 'promptTokens'].some((name) => name in usage)
}

function get(holder: object, name: string): unknown {
  return Reflect.get(holder, name)
}
