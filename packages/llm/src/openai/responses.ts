import type { LlmCall } from '@quipu/core'
import { at, isShape, listAt, textAt } from '../shape.js'
import type { AnswerReader } from '../stainless/follow-promise.js'
import type { Endpoint } from './endpoint.js'
import { readModel, readUsage } from './usage.js'

/** A failure that the API reports in an answer instead of a status; its text is left where it is (A36). */
class ResponseFailed extends Error {
  override readonly name = 'ResponseFailed'
  readonly code: string | undefined

  constructor(code: string | undefined) {
    super('the response says that it failed')
    this.code = code
  }
}

const TOOLS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call', 'mcp_call'])

function readFinal(call: LlmCall, response: unknown): Error | undefined {
  readModel(call, response)
  readUsage(call, response)
  if (textAt(response, 'status') !== 'failed') return undefined
  return new ResponseFailed(textAt(at(response, 'error'), 'code'))
}

function readResponses(call: LlmCall, body: unknown): AnswerReader {
  let tools = 0
  if (listAt(body, 'tools').length > 0) call.toolCalls(0)
  const countTool = (item: unknown): void => {
    if (TOOLS.has(at(item, 'type'))) call.toolCalls(++tools)
  }
  return {
    whole(answer) {
      for (const item of listAt(answer, 'output')) {
        countTool(item)
        for (const part of listAt(item, 'content')) call.output(textAt(part, 'text') ?? '')
      }
      return readFinal(call, answer)
    },
    chunk(event) {
      const type = textAt(event, 'type') ?? ''
      if (type.endsWith('.delta')) call.firstOutput()
      if (type === 'response.output_text.delta') call.output(textAt(event, 'delta') ?? '')
      else if (type === 'response.output_item.added') countTool(at(event, 'item'))
      else if (type === 'error') return new ResponseFailed(textAt(event, 'code'))
      else if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') {
        return readFinal(call, at(event, 'response'))
      }
      return undefined
    },
  }
}

function inputCount(body: unknown): number | undefined {
  const input = at(body, 'input')
  if (Array.isArray(input)) return input.length
  return typeof input === 'string' || isShape(input) ? 1 : undefined
}

/** `responses.create`, which `parse` and `stream` go through. */
export const responses: Endpoint = {
  path: ['responses'],
  operation: 'chat',
  messageCount: inputCount,
  hasStreamUsage: false,
  read: readResponses,
}
