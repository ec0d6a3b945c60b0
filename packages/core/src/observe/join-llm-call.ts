import { currentScope } from './context.js'
import { copyOptions, type LlmCall, type LlmCallOptions } from './llm-call.js'
import type { LlmCallScope } from './llm-call-scope.js'
import { type LlmUsage, toLlmUsage } from './llm-usage.js'
import type { LlmOutcome } from './observation.js'
import { endingOf, openLlmCall } from './open-llm-call.js'
import type { Recording } from './recording.js'
import { createUtf8Counter } from './utf8.js'

/**
 * A model call as an instrumented client sees it: when an outer layer has one open, this one only adds to it, so that
 * the call is counted once.
 */
export function joinLlmCall(recording: Recording, owner: object, options: LlmCallOptions): LlmCall {
  const outer = currentScope().call
  return outer === undefined || outer.owner !== owner || !outer.open
    ? openLlmCall(recording, owner, options)
    : innerLlmCall(recording, outer, options)
}

function innerLlmCall(recording: Recording, outer: LlmCallScope, options: LlmCallOptions): LlmCall {
  outer.enter(copyOptions(recording, options))
  const bytes = createUtf8Counter()
  let hasOutput = false
  let usage: LlmUsage | undefined
  let toolCalls: number | undefined
  let open = true
  const whileOpen = (fn: () => void): void => {
    if (open) recording.guard('llm_call', fn)
  }
  const end = (outcome: LlmOutcome, error?: ReturnType<typeof endingOf>['error']): void =>
    whileOpen(() => {
      open = false
      outer.leave({ outcome, error, usage, outputBytes: hasOutput ? bytes.bytes : undefined, toolCalls })
    })
  return {
    usage: (said) =>
      whileOpen(() => {
        usage = toLlmUsage(said) ?? usage
      }),
    firstOutput: () => whileOpen(outer.firstOutput),
    // The times between pieces are those of one stream; the outer call may be made of several.
    chunk: () => undefined,
    output: (text) =>
      whileOpen(() => {
        if (typeof text !== 'string') return
        hasOutput = true
        bytes.add(text)
      }),
    toolCalls: (count) =>
      whileOpen(() => {
        if (Number.isFinite(count) && count >= 0) toolCalls = count
      }),
    rateLimited: () => whileOpen(outer.rateLimited),
    retried: (reason) => whileOpen(() => outer.retried(reason)),
    response: (details) => whileOpen(() => outer.response(details)),
    describe: (details) => whileOpen(() => outer.describe(details)),
    end: (outcome = 'complete') => end(outcome),
    fail: (thrown) =>
      whileOpen(() => {
        const { outcome, error } = endingOf(thrown)
        end(outcome, error)
      }),
    abort: () => end('aborted'),
  }
}
