import type { LlmCall } from '@quipu/core'
import { at, isShape, textAt } from '../shape.js'

/** Tells a call what an answer or chunk says it used; said again, the last word counts. */
export function readUsage(call: LlmCall, answer: unknown): void {
  const usage = at(answer, 'usage') ?? at(at(answer, 'x_groq'), 'usage')
  if (isShape(usage)) call.usage(usage)
}

/** Tells a call which model answered, and in which tier. */
export function readModel(call: LlmCall, answer: unknown): void {
  call.response({ model: textAt(answer, 'model'), serviceTier: textAt(answer, 'service_tier') })
}
