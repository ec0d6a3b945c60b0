import { currentScope } from './context.js'
import { describeError, type ErrorDescription } from './describe-error.js'
import { copyOptions, either, filledIn, type LlmCall, type LlmCallOptions, type LlmResponse } from './llm-call.js'
import { callAround, isAroundCalls, type LlmCallScope } from './llm-call-scope.js'
import { costOf } from './llm-cost.js'
import { type LlmAmounts, LlmTally } from './llm-tally.js'
import { agentRunMapping } from './mappings/agent-run.js'
import { llmCallMapping } from './mappings/llm-call.js'
import type { LlmCallObservation, LlmOutcome } from './observation.js'
import type { Recording } from './recording.js'

/** A call together with the scope that inner layers add to. */
export interface OpenLlmCall extends LlmCall {
  readonly scope: LlmCallScope
  /** What is known so far, said by hand or by an inner layer. */
  readonly amounts: LlmAmounts
}

interface Ending {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
}

/** How a call ends that threw: stopped by its own signal, it did not fail. */
function endingOf(error: unknown): Ending {
  const described = describeError(error)
  return described.llmType === 'cancelled'
    ? { outcome: 'aborted', error: undefined }
    : { outcome: 'failed', error: described }
}

/**
 * Begins a model call. It is counted when it ends, once: within an open call of the same recorder and operation it is a
 * part of that one, and only tells it what it knows.
 */
export function openLlmCall(recording: Recording, options: LlmCallOptions): OpenLlmCall {
  const started = recording.clock.monotonicMs()
  const sinceStart = (): number => recording.clock.monotonicMs() - started
  const here = currentScope()
  let about = copyOptions(recording, options)
  const said = about.operation || undefined
  const outer = callAround(here.call, recording, said)
  outer?.enter(about)
  // Taken here and not when a stream is read: its reader may run on another's behalf.
  const user = about.user === undefined ? here.user : about.user
  const feature = here.attribution?.feature
  const endpoint = about.endpoint || feature || 'generate'
  const tally = new LlmTally()
  let innerOpen = 0
  let firstOutputMs: number | undefined
  let firstChunkMs: number | undefined
  let lastChunkMs: number | undefined
  let rateLimits = 0
  let response: LlmResponse = {}
  /** How it ended, from when that was said; inner calls may still be open then. */
  let ending: Ending | undefined

  const model = (): string => about.model || 'unknown'
  const provider = (): string => about.provider || 'unknown'
  const operation = (): string => about.operation || 'chat'
  const whileOpen = (fn: () => void): void => {
    if (scope.open) recording.guard('llm_call', fn)
  }
  const untilEnded = (fn: () => void): void => {
    if (ending === undefined) whileOpen(fn)
  }
  const end = (how: Ending): void =>
    untilEnded(() => {
      ending = how
      // A failure is the caller's now; only what went well may still go on, as a stream that is being read.
      if (innerOpen === 0 || how.error !== undefined || how.outcome === 'aborted') settle(how)
    })

  const settle = ({ outcome, error }: Ending): void => {
    // Where no attempt was seen, the rate limit that ended the call is the one there was.
    if (rateLimits === 0 && error?.llmType === 'rate_limit') rateLimited()
    scope.open = false
    if (outer !== undefined) {
      const { usage, usageUnreadable, outputBytes, toolCalls } = tally
      outer.leave({ outcome, error, usage, usageUnreadable, outputBytes, toolCalls })
      return
    }
    recording.observe(isAroundCalls(said) ? agentRunMapping : llmCallMapping, observed(outcome, error), user)
  }

  const observed = (outcome: LlmOutcome, error: ErrorDescription | undefined): LlmCallObservation => {
    const { usage, usageUnreadable, outputBytes, toolCalls } = tally
    const costDollars = costOf(model(), usage, recording.price)
    return {
      model: model(),
      endpoint,
      provider: provider(),
      operation: operation(),
      responseModel: response.model,
      serverAddress: about.serverAddress,
      serverPort: about.serverPort,
      serviceTier: response.serviceTier,
      feature,
      streamed: about.stream ?? firstChunkMs !== undefined,
      outcome,
      error,
      durationMs: sinceStart(),
      firstOutputMs,
      firstChunkMs,
      providerLatencyMs: response.latencyMs,
      usage,
      usageUnreadable,
      outputBytes,
      costDollars,
      priceUnknown: recording.price !== undefined && usage !== undefined && costDollars === undefined,
      rateLimits,
      messageCount: about.messageCount,
      toolCount: toolCalls,
    }
  }

  const firstChunk = (): void =>
    whileOpen(() => {
      firstChunkMs ??= sinceStart()
      outer?.firstChunk()
    })
  const firstOutput = (): void =>
    whileOpen(() => {
      firstOutputMs ??= sinceStart()
      firstChunkMs ??= firstOutputMs
      outer?.firstOutput()
    })
  const chunk = (): void =>
    untilEnded(() => {
      firstChunk()
      const now = sinceStart()
      // The times between pieces are those of one stream; an outer call may be made of several, and says its own.
      if (lastChunkMs !== undefined && outer === undefined && recording.speaks('gen_ai')) {
        const labels = {
          'gen_ai.operation.name': operation(),
          'gen_ai.provider.name': provider(),
          'gen_ai.request.model': model(),
        }
        const gap = (now - lastChunkMs) / 1000
        recording.write('gen_ai.client.operation.time_per_output_chunk', gap, labels)
        recording.write('gen_ai.client.inference.time_per_output_chunk', gap, labels)
      }
      lastChunkMs = now
    })
  const rateLimited = (): void =>
    whileOpen(() => {
      rateLimits++
      outer?.rateLimited()
    })
  const retried = (reason: string): void =>
    whileOpen(() => {
      if (outer === undefined) recording.write('llm_retries_total', 1, { model: model(), reason })
      else outer.retried(reason)
    })
  const respond = (details: LlmResponse): void =>
    whileOpen(() => {
      response = {
        model: either(details.model, response.model),
        serviceTier: either(details.serviceTier, response.serviceTier),
        latencyMs: either(details.latencyMs, response.latencyMs),
      }
      outer?.response(details)
    })
  const fillIn = (details: LlmCallOptions): void => {
    about = filledIn(about, details)
    outer?.describe(details)
  }

  const scope: LlmCallScope = {
    owner: recording,
    open: true,
    operation: said,
    enter: (details) =>
      whileOpen(() => {
        innerOpen++
        fillIn(details)
      }),
    leave: (call) =>
      whileOpen(() => {
        innerOpen--
        tally.add(call)
        if (ending === undefined) return
        if (call.outcome !== 'complete') ending = call
        if (innerOpen === 0) settle(ending)
      }),
    firstOutput,
    firstChunk,
    rateLimited,
    retried,
    response: respond,
    describe: (details) => whileOpen(() => fillIn(details)),
  }

  return {
    scope,
    amounts: tally,
    usage: (usage) => untilEnded(() => tally.sayUsage(usage)),
    firstOutput,
    chunk,
    output: (text) => untilEnded(() => tally.sayOutput(text)),
    toolCalls: (count) => untilEnded(() => tally.sayToolCalls(count)),
    rateLimited,
    retried,
    response: respond,
    describe: (details) =>
      whileOpen(() => {
        about = filledIn(details, about)
        outer?.describe(details)
      }),
    end: (outcome = 'complete') => end({ outcome, error: undefined }),
    fail: (error) => end(endingOf(error)),
    abort: () => end({ outcome: 'aborted', error: undefined }),
  }
}
