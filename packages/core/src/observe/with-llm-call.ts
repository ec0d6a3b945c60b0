import { isObject } from '@quipu/catalog/builtin'
import { follow } from './follow.js'
import { isNativePromise } from './follow-promise.js'
import { type Ending, type Inside, methodOf } from './following.js'
import type { LlmCall, LlmCallOptions } from './llm-call.js'
import { openLlmCall } from './open-llm-call.js'
import { readChunk } from './read-chunk.js'
import { readResult } from './read-result.js'
import type { Recording } from './recording.js'

/**
 * Runs a function as one model call. Its result, or the values it yields, are read by shape unless the function or an
 * instrumented client within it reports them. Its error fails the call and is thrown to the caller.
 */
export function withLlmCall<T>(recording: Recording, options: LlmCallOptions, fn: (call: LlmCall) => T): T {
  const call = openLlmCall(recording, options)
  let isRead = false
  const onEnd = (ending: Ending): void => {
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
  // Also code after the function itself: a step of a generator, `then`.
  const inside: Inside = (run) => call.run(run)
  const result = follow(() => fn(call), onEnd, { inside, onStep })
  call.scope.isUnread = isLazy(result)
  return result
}

/**
 * Returns whether a promise may never settle unless it is awaited, like one of a client whose other methods are used.
 */
function isLazy(result: unknown): boolean {
  return isObject(result) && !isNativePromise(result) && methodOf(result, 'then') !== undefined
}

/**
 * Reads the details of a model call from a decorated method's object and arguments: `this.model`, `this.provider`,
 * `messages`.
 */
export function optionsOfMethod(endpoint: string, self: unknown, [request]: readonly unknown[]): LlmCallOptions {
  try {
    return {
      endpoint,
      model: textOf(self, 'model') ?? textOf(request, 'model'),
      provider: textOf(self, 'provider'),
      messageCount: messageCountOf(request),
    }
  } catch {
    // A getter threw: only the endpoint of the call is known.
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
