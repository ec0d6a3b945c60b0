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
  const { tally } = running
  return {
    scope: running,
    amounts: tally,
    usage: (usage) => running.isAccepting && tally.setUsage(usage),
    firstOutput: (atMs) => running.firstOutput(atMs),
    chunk: (atMs) => running.chunk(atMs),
    output: (text) => running.isAccepting && tally.addOutput(text),
    outputBytes: (bytes) => running.isAccepting && tally.addOutputBytes(bytes),
    toolCalls: (count) => running.isAccepting && tally.setToolCalls(count),
    agentCalls: (counts) => running.isAccepting && recording.guard('llm_call', () => tally.setAgentCalls(counts)),
    retried: (reason) => running.retried(reason),
    response: (details) => running.response(details),
    describe: (details) => running.redescribe(details),
    end: (outcome = 'complete', endedMs) => running.end(outcome, endedMs),
    fail: (error, endedMs) => running.fail(error, endedMs),
    abort: (endedMs) => running.end('aborted', endedMs),
    isInner: running.isInner,
  }
}
