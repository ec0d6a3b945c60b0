import { isObject } from '@quipu/catalog/builtin'
import { withScope } from './context.js'
import { follow } from './follow.js'
import { isNativePromise } from './follow-promise.js'
import { type Ending, type Inside, methodOf } from './following.js'
import type { LlmCall, LlmCallOptions } from './llm-call.js'
import { openLlmCall } from './open-llm-call.js'
import { readChunk } from './read-chunk.js'
import { readResult } from './read-result.js'
import type { Recording } from './recording.js'

/**
 * Runs a function as one model call. What it returns, or yields, is read by shape where neither the function nor an
 * instrumented client within it has reported it; what it throws fails the call and goes on to the caller.
 */
export function withLlmCall<T>(recording: Recording, options: LlmCallOptions, fn: (call: LlmCall) => T): T {
  const call = openLlmCall(recording, options)
  let isRead = false
  const settle = (ending: Ending): void => {
    if (ending.kind === 'threw') call.fail(ending.thrown)
    else if (ending.kind === 'returned') {
      recording.guard('llm_result', () => readResult(call, ending.result))
      call.end()
    } else call.end(isRead ? 'abandoned' : 'unread')
  }
  const onStep = (value: unknown): void => {
    isRead = true
    recording.guard('llm_result', () => readChunk(call.scope, value))
  }
  const inside: Inside = (run) => {
    // Whatever runs after the function itself was asked for: a step of a generator, `then`.
    call.scope.isUnasked = false
    return withScope({ call: call.scope, tool: undefined }, run)
  }
  const result = follow(() => fn(call), settle, { inside, onStep })
  call.scope.isUnasked = isLazy(result)
  return result
}

/** Whether nothing shows that a promise settles unless it is asked, as one of a client that is read by another method. */
function isLazy(result: unknown): boolean {
  return isObject(result) && !isNativePromise(result) && methodOf(result, 'then') !== undefined
}

/** What a decorated method's object and arguments say of its model call: `this.model`, `this.provider`, `messages`. */
export function optionsOfMethod(endpoint: string, self: unknown, [request]: readonly unknown[]): LlmCallOptions {
  try {
    return {
      endpoint,
      model: textOf(self, 'model') ?? textOf(request, 'model'),
      provider: textOf(self, 'provider'),
      messageCount: messageCountOf(request),
    }
  } catch {
    // A getter of theirs throws: the call is told by its endpoint alone.
    return { endpoint }
  }
}

function textOf(holder: unknown, name: string): string | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const value: unknown = Reflect.get(holder, name)
  return typeof value === 'string' ? value : undefined
}

function messageCountOf(request: unknown): number | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const messages: unknown = Reflect.get(request, 'messages')
  return Array.isArray(messages) ? messages.length : undefined
}
