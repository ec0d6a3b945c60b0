import type { ModelRequest } from './request.js'
import { type Script, scriptOf } from './script.js'
import { countTokens } from './tokens.js'

/** The model's text, in pieces. */
export interface Answer {
  readonly id: string
  readonly script: Script
  readonly pieces: readonly string[]
  readonly toolCalls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[]
  readonly inputTokens: number
  readonly outputTokens: number
}

/** Includes characters of two and four bytes, so that bytes and characters differ. */
const DEFAULT_TEXT = 'No threats found – señal 🦙 clear.'

/** Returns the answer to a request, which is the same for equal requests. */
export function answerTo(request: ModelRequest, id: string): Answer {
  const script = scriptOf(request.prompt)
  const called = request.isAfterTool ? [] : (script.toolCalls ?? [])
  const toolCalls = called.map((call, index) => ({ id: `call_${id}_${index}`, ...call }))
  const text = script.text ?? (toolCalls.length > 0 ? '' : DEFAULT_TEXT)
  const spoken = toolCalls.map((call) => `${call.name} ${call.arguments}`).join(' ')
  return {
    id,
    script,
    pieces: text.match(/\S+\s*/g) ?? [],
    toolCalls,
    inputTokens: countTokens(request.input),
    outputTokens: countTokens(`${text} ${spoken}`),
  }
}
