import { currentScope } from './context.js'
import { describeError, type ErrorDescription } from './describe-error.js'
import { copyOptions, type LlmCall, type LlmCallOptions } from './llm-call.js'
import type { LlmCallScope, LlmResponse } from './llm-call-scope.js'
import { costOf } from './llm-cost.js'
import { addUsage, type LlmUsage, toLlmUsage } from './llm-usage.js'
import { llmCallMapping } from './mapping.js'
import type { LlmOutcome } from './observation.js'
import type { Recording } from './recording.js'
import { createUtf8Counter } from './utf8.js'

/** A call together with the scope that inner layers add to. */
export interface OpenLlmCall extends LlmCall {
  readonly scope: LlmCallScope
  /** Whether it was said what the call used, put out and asked for, by hand or by an inner layer. */
  readonly knowsUsage: boolean
  readonly knowsOutput: boolean
  readonly knowsToolCalls: boolean
}

interface Ending {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
}

/** How a call ends that threw: stopped by its own signal, it did not fail. */
export function endingOf(error: unknown): Ending {
  const described = describeError(error)
  return described.llmType === 'cancelled'
    ? { outcome: 'aborted', error: undefined }
    : { outcome: 'failed', error: described }
}

/** Begins a model call; it is counted when it ends. */
export function openLlmCall(recording: Recording, owner: object, options: LlmCallOptions): OpenLlmCall {
  const started = recording.clock.monotonicMs()
  const sinceStart = (): number => recording.clock.monotonicMs() - started
  const outer = currentScope()
  let about = copyOptions(recording, options)
  // Taken here and not when a stream is read: its reader may run on another's behalf.
  const user = about.user === undefined ? outer.user : about.user
  const feature = outer.attribution?.feature
  const endpoint = about.endpoint || feature || 'generate'
  const bytes = createUtf8Counter()
  let usage: LlmUsage | undefined
  let usageUnreadable = false
  let hasOutput = false
  let toolCalls: number | undefined
  let inner: { usage?: LlmUsage | undefined; outputBytes?: number | undefined; toolCalls?: number | undefined } = {}
  let innerOpen = 0
  let firstOutputMs: number | undefined
  let firstChunkMs: number | undefined
  let lastChunkMs: number | undefined
  let rateLimits = 0
  let response: LlmResponse = {}
  /** How it ended, from when that was said; inner calls may still be open then. */
  let ending: Ending | undefined
  let open = true

  const model = (): string => about.model || 'unknown'
  const provider = (): string => about.provider || 'unknown'
  const operation = (): string => about.operation || 'chat'
  const whileOpen = (fn: () => void): void => {
    if (open) recording.guard('llm_call', fn)
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
    open = false
    const used = usage ?? inner.usage
    const cost = costOf(model(), used, recording.price)
    recording.observe(
      llmCallMapping,
      {
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
        usage: used,
        usageUnreadable,
        outputBytes: hasOutput ? bytes.bytes : inner.outputBytes,
        costDollars: cost,
        priceUnknown: recording.price !== undefined && used !== undefined && cost === undefined,
        // Where no attempt was seen, the rate limit that ended the call is the one there was.
        rateLimits: rateLimits === 0 && error?.llmType === 'rate_limit' ? 1 : rateLimits,
        messageCount: about.messageCount,
        toolCount: toolCalls ?? inner.toolCalls,
      },
      user,
    )
  }

  const firstOutput = (): void =>
    whileOpen(() => {
      firstOutputMs ??= sinceStart()
      firstChunkMs ??= firstOutputMs
    })
  const rateLimited = (): void =>
    whileOpen(() => {
      rateLimits++
    })
  const retried = (reason: string): void =>
    whileOpen(() => recording.write('llm_retries_total', 1, { model: model(), reason }))
  const respond = (details: LlmResponse): void =>
    whileOpen(() => {
      response = { ...response, ...details }
    })

  const scope: LlmCallScope = {
    owner,
    get open() {
      return open
    },
    enter: (details) =>
      whileOpen(() => {
        innerOpen++
        about = filledIn(about, details)
      }),
    leave: (call) =>
      whileOpen(() => {
        innerOpen--
        inner = {
          usage: call.usage === undefined ? inner.usage : addUsage(inner.usage, call.usage),
          outputBytes: sum(inner.outputBytes, call.outputBytes),
          toolCalls: sum(inner.toolCalls, call.toolCalls),
        }
        if (call.error?.llmType === 'rate_limit' && rateLimits === 0) rateLimits = 1
        if (ending === undefined) return
        if (call.outcome !== 'complete') ending = call
        if (innerOpen === 0) settle(ending)
      }),
    firstOutput,
    rateLimited,
    retried,
    response: respond,
    describe: (details) =>
      whileOpen(() => {
        about = filledIn(about, details)
      }),
  }

  return {
    scope,
    get knowsUsage() {
      return (usage ?? inner.usage) !== undefined
    },
    get knowsOutput() {
      return hasOutput || inner.outputBytes !== undefined
    },
    get knowsToolCalls() {
      return (toolCalls ?? inner.toolCalls) !== undefined
    },
    usage: (said) =>
      untilEnded(() => {
        const read = toLlmUsage(said)
        if (read === undefined) usageUnreadable = true
        else usage = read
      }),
    firstOutput,
    chunk: () =>
      untilEnded(() => {
        const now = sinceStart()
        firstChunkMs ??= now
        if (lastChunkMs !== undefined && recording.speaks('gen_ai')) {
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
      }),
    output: (text) =>
      untilEnded(() => {
        if (typeof text !== 'string') return
        hasOutput = true
        bytes.add(text)
      }),
    toolCalls: (count) =>
      untilEnded(() => {
        if (Number.isFinite(count) && count >= 0) toolCalls = count
      }),
    rateLimited,
    retried,
    response: respond,
    describe: (details) =>
      whileOpen(() => {
        about = filledIn(details, about)
      }),
    end: (outcome = 'complete') => end({ outcome, error: undefined }),
    fail: (error) => end(endingOf(error)),
    abort: () => end({ outcome: 'aborted', error: undefined }),
  }
}

/** What is known, and of what is not, what another layer knows. */
function filledIn(known: LlmCallOptions, more: LlmCallOptions): LlmCallOptions {
  const said = Object.entries(known).filter(([, value]) => value !== undefined && value !== '')
  return { ...more, ...Object.fromEntries(said) }
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a + b
}
