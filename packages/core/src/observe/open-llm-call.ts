import { currentScope } from './context.js'
import type { LlmCall, LlmCallOptions } from './llm-call.js'
import type { LlmAmounts } from './llm-tally.js'
import type { Recording } from './recording.js'
import { RunningLlmCall } from './running-llm-call.js'

/** A call with the scope that inner layers add to. */
export interface OpenLlmCall extends LlmCall {
  readonly scope: RunningLlmCall
  /** The amounts so far, reported by the caller or by an inner layer. */
  readonly amounts: LlmAmounts
}

/**
 * Starts a model call. It is recorded once, when it ends; within an open call of the same recorder and operation it is
 * a part of that one. The methods need no `this`, so that `stream.on('data', call.output)` works.
 */
export function openLlmCall(recording: Recording, options: LlmCallOptions): OpenLlmCall {
  const running = new RunningLlmCall(recording, options)
  return {
    scope: running,
    amounts: running.tally,
    run: (fn) => running.run(fn),
    usage: (usage) => running.usage(usage),
    firstOutput: (atMs) => running.firstOutput(atMs),
    chunk: (atMs) => running.chunk(atMs),
    output: (text) => running.output(text),
    outputBytes: (bytes) => running.outputBytes(bytes),
    toolCalls: (count) => running.toolCalls(count),
    agentCalls: (counts) => running.agentCalls(counts),
    retried: (reason) => running.retried(reason),
    response: (details) => running.response(details),
    describe: (details) => running.describe(details),
    end: (outcome, endedMs) => running.end(outcome, endedMs),
    fail: (error, endedMs) => running.fail(error, endedMs),
    abort: (endedMs) => running.abort(endedMs),
    isInner: running.isInner,
  }
}

/**
 * Returns a function that starts a model call later, in the scope of the code that runs now. The methods of the call need
 * their `this`: an observer has thousands of calls open, and a dozen bound functions take 1 kB.
 */
export function deferLlmCall(recording: Recording): (options: LlmCallOptions) => LlmCall {
  const here = currentScope()
  return (options) => new RunningLlmCall(recording, options, here)
}
