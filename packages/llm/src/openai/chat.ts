import type { LlmCall } from '@quipu/core'
import { at, isShape, listAt, textAt } from '../shape.js'
import type { AnswerReader } from '../stainless/follow-promise.js'
import type { Endpoint } from './endpoint.js'
import { readModel, readUsage } from './usage.js'

/** Output that is no text of the completion, and still the first sign of it. */
const SIGNS = ['reasoning_content', 'reasoning', 'refusal', 'audio', 'function_call'] as const

function isOutput(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || (isShape(value) && Object.keys(value).length > 0)
}

/** Whether the model could call tools: then 0 calls is a count too (A19). */
function offersTools(body: unknown): boolean {
  return listAt(body, 'tools').length > 0 || listAt(body, 'functions').length > 0
}

function readChat(call: LlmCall, body: unknown): AnswerReader {
  if (offersTools(body)) call.toolCalls(0)
  const streamed = new Set<number>()
  let isFirst = true
  const sayTools = (count: number): void => {
    if (count > 0) call.toolCalls(count)
  }
  return {
    whole(answer) {
      readModel(call, answer)
      readUsage(call, answer)
      let tools = 0
      for (const choice of listAt(answer, 'choices')) {
        const message = at(choice, 'message')
        call.output(textAt(message, 'content') ?? '')
        tools += listAt(message, 'tool_calls').length + (isShape(at(message, 'function_call')) ? 1 : 0)
      }
      sayTools(tools)
      return undefined
    },
    chunk(chunk) {
      if (isFirst) readModel(call, chunk)
      isFirst = false
      readUsage(call, chunk)
      for (const choice of listAt(chunk, 'choices')) {
        const delta = at(choice, 'delta')
        const content = textAt(delta, 'content')
        const calls = listAt(delta, 'tool_calls')
        // The role comes first, without content: nothing is generated yet.
        if (content || calls.length > 0 || SIGNS.some((sign) => isOutput(at(delta, sign)))) call.firstOutput()
        if (content) call.output(content)
        for (const part of calls) streamed.add(Number(at(choice, 'index') ?? 0) * 1024 + Number(at(part, 'index') ?? 0))
      }
      sayTools(streamed.size)
      return undefined
    },
  }
}

/** `chat.completions.create`, which `parse`, `stream` and `runTools` go through. */
export const chat: Endpoint = {
  path: ['chat', 'completions'],
  operation: 'chat',
  messageCount: (body) => (Array.isArray(at(body, 'messages')) ? listAt(body, 'messages').length : undefined),
  hasStreamUsage: true,
  read: readChat,
}
