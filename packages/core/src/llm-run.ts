import { follow } from './follow.js'
import { type LlmCall, type LlmCallOptions, openLlmCall, withinLlmCall } from './llm-call.js'
import { readResult } from './read-result.js'
import type { Recording } from './recording.js'

/**
 * Runs a function as one model call. What it returns is read by shape where the function has not said it through
 * `call` itself; what it throws fails the call and goes on to the caller.
 */
export function withLlmCall<T>(
  recording: Recording,
  owner: object,
  options: LlmCallOptions,
  fn: (call: LlmCall) => T,
): T {
  const open = openLlmCall(recording, owner, options)
  let said = false
  // What was said by hand is not read again from the result.
  const call: LlmCall = {
    ...open,
    usage(usage) {
      said = true
      open.usage(usage)
    },
    output(text) {
      said = true
      open.output(text)
    },
  }
  const finish = (result: unknown): void => {
    recording.guard('llm_result', () => {
      if (!said) readResult(open, result)
    })
    open.end()
  }
  return follow(
    () => withinLlmCall(open, () => observeResult(fn(call), finish)),
    (error) => (error === undefined ? open.end() : open.fail(error.thrown)),
  )
}

/** Shows a result to `look` when it is there, at once or when its promise is fulfilled. */
function observeResult<T>(result: T, look: (value: unknown) => void): T {
  if (result instanceof Promise && Object.getPrototypeOf(result) === Promise.prototype) {
    const derived: unknown = result.then((value) => {
      look(value)
      return value
    })
    // As in follow(): the derived promise stands in for the one it comes from.
    return derived as T
  }
  if (typeof result !== 'object' || result === null || !('then' in result || 'next' in result)) look(result)
  return result
}

/** What a decorated method's object and arguments say of its model call: `this.model`, `this.provider`, `messages`. */
export function optionsOfMethod(endpoint: string, self: unknown, args: readonly unknown[]): LlmCallOptions {
  return {
    endpoint,
    model: textOf(self, 'model'),
    provider: textOf(self, 'provider'),
    messageCount: messageCountOf(args[0]),
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
