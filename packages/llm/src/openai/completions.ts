import type { LlmCall } from '@quipu/core'
import { listAt, textAt } from '../shape.js'
import type { Endpoint } from './endpoint.js'
import { readModel, readUsage } from './usage.js'

function readText(call: LlmCall, answer: unknown): boolean {
  let hasText = false
  for (const choice of listAt(answer, 'choices')) {
    const text = textAt(choice, 'text') ?? ''
    call.output(text)
    if (text !== '') hasText = true
  }
  return hasText
}

/** `completions.create`. */
export const completions: Endpoint = {
  path: ['completions'],
  operation: 'text_completion',
  messageCount: () => undefined,
  hasStreamUsage: true,
  read(call) {
    let isFirst = true
    return {
      whole(answer) {
        readModel(call, answer)
        readUsage(call, answer)
        readText(call, answer)
        return undefined
      },
      chunk(chunk) {
        if (isFirst) readModel(call, chunk)
        isFirst = false
        readUsage(call, chunk)
        if (readText(call, chunk)) call.firstOutput()
        return undefined
      },
    }
  },
}
