import { currentScope, withScope } from './context.js'
import { describeError, type ErrorDescription } from './describe-error.js'
import type { LlmCallScope, LlmEndpointDetails, LlmResponse } from './llm-call-scope.js'
import { costOf } from './llm-cost.js'
import { addUsage, type LlmUsage, toLlmUsage, type UsageLike } from './llm-usage.js'
import { llmCallMapping } from './mapping.js'
import type { LlmOutcome } from './observation.js'
import type { Recording } from './recording.js'
import { createUtf8Counter } from './utf8.js'

/** What is known of a model call when it begins. */
export interface LlmCallOptions extends LlmEndpointDetails {
  /** The requested model. Default `unknown`. */
  readonly model?: string | undefined
  /** Which of the application's calls it is (S8). Default: the attributed feature, else `generate`. */
  readonly endpoint?: string | undefined
  /** Messages in the conversation (A18). */
  readonly messageCount?: number | undefined
  /** Who it is for; default whoever `withUser` names. */
  readonly user?: string | null | undefined
  /** Whether the answer comes in pieces. Default: it does when `firstOutput()` is called. */
  readonly stream?: boolean | undefined
}

/**
 * A model call under way. The first of `end`, `fail` and `abort` counts, what comes after does nothing. No method throws
 * and none keeps what it is given: of output only the number of its bytes.
 */
export interface LlmCall {
  /** What the call used, in any provider's spelling; said again, it replaces what was said before. */
  usage(usage: UsageLike): void
  /** The first generated output came: text, reasoning, a tool call. */
  firstOutput(): void
  /** A piece of a stream came; times between pieces are recorded where OpenTelemetry's conventions are on. */
  chunk(): void
  /** Counts the UTF-8 bytes of a piece of the completion (S11). */
  output(text: string): void
  /** How many tool calls the model asked for (A19). */
  toolCalls(count: number): void
  /** An attempt was answered with a rate limit, be it retried or not. */
  rateLimited(): void
  /** Another attempt is made, and why. */
  retried(reason: string): void
  response(details: LlmResponse): void
  describe(details: LlmEndpointDetails): void
  /** It is over; `abandoned` when a consumer stopped reading, `unread` when none began. */
  end(outcome?: 'complete' | 'abandoned' | 'unread'): void
  fail(error: unknown): void
  /** It was stopped by its own signal: neither a success nor an error. */
  abort(): void
}

/** A call together with the scope that inner layers add to. */
export interface OpenLlmCall extends LlmCall {
  readonly scope: LlmCallScope
}

/** Begins a model call; it is counted when it ends. */
export function openLlmCall(recording: Recording, owner: object, given: LlmCallOptions): OpenLlmCall {
  const options = readOptions(recording, given)
  const started = recording.clock.monotonicMs()
  const outer = currentScope()
  // Taken here and not when a stream is read: its reader may run on another's behalf.
  const user = options.user === undefined ? outer.user : options.user
  const feature = outer.attribution?.feature
  const model = options.model || 'unknown'
  const endpoint = options.endpoint || feature || 'generate'
  const bytes = createUtf8Counter()
  let where: LlmEndpointDetails = options
  let said: LlmUsage | undefined
  let added: LlmUsage | undefined
  let measured = false
  let addedBytes: number | undefined
  let firstOutputAt: number | undefined
  let firstChunkAt: number | undefined
  let lastChunkAt = 0
  let toolCount: number | undefined
  let rateLimits = 0
  let response: LlmResponse = {}
  let open = true

  const guarded = (fn: () => void): void => {
    if (open) recording.guard('llm_call', fn)
  }
  const provider = (): string => where.provider || 'unknown'
  const operation = (): string => where.operation || 'chat'

  const settle = (outcome: LlmOutcome, error: ErrorDescription | undefined): void => {
    open = false
    const ended = recording.clock.monotonicMs()
    const usage = said ?? added
    const cost = costOf(model, usage, recording.price)
    // Where no attempt was seen, the rate limit that ended the call is the one there was.
    if (error?.llmType === 'rate_limit' && rateLimits === 0) rateLimits = 1
    recording.observe(
      llmCallMapping,
      {
        model,
        endpoint,
        provider: provider(),
        operation: operation(),
        responseModel: response.model,
        serverAddress: where.serverAddress,
        serverPort: where.serverPort,
        serviceTier: response.serviceTier,
        feature,
        streamed: options.stream ?? firstOutputAt !== undefined,
        outcome,
        error,
        durationMs: Math.max(0, ended - started),
        firstOutputMs: firstOutputAt === undefined ? undefined : firstOutputAt - started,
        firstChunkMs: firstChunkAt === undefined ? undefined : firstChunkAt - started,
        providerLatencyMs: response.latencyMs,
        usage,
        // As with usage: what an inner client measured is the same text that the outer layer returns.
        outputBytes: measured ? bytes.bytes : addedBytes,
        costDollars: cost,
        priceUnknown: recording.price !== undefined && usage !== undefined && cost === undefined,
        rateLimits,
        messageCount: options.messageCount,
        toolCount,
      },
      user,
    )
  }

  const call: LlmCall = {
    usage: (usage) =>
      guarded(() => {
        const read = toLlmUsage(usage)
        if (read === undefined) recording.write('llm_usage_missing_total', 1, { model, reason: 'invalid' })
        else said = read
      }),
    firstOutput: () =>
      guarded(() => {
        firstOutputAt ??= recording.clock.monotonicMs()
        firstChunkAt ??= firstOutputAt
      }),
    chunk: () =>
      guarded(() => {
        const now = recording.clock.monotonicMs()
        if (firstChunkAt === undefined) firstChunkAt = now
        else if (lastChunkAt > 0 && recording.speaks('gen_ai')) {
          const labels = {
            'gen_ai.operation.name': operation(),
            'gen_ai.provider.name': provider(),
            'gen_ai.request.model': model,
          }
          const gap = (now - lastChunkAt) / 1000
          recording.write('gen_ai.client.operation.time_per_output_chunk', gap, labels)
          recording.write('gen_ai.client.inference.time_per_output_chunk', gap, labels)
        }
        lastChunkAt = now
      }),
    output: (text) =>
      guarded(() => {
        if (typeof text !== 'string') return
        measured = true
        bytes.add(text)
      }),
    toolCalls: (count) =>
      guarded(() => {
        if (Number.isFinite(count) && count >= 0) toolCount = count
      }),
    rateLimited: () =>
      guarded(() => {
        rateLimits++
      }),
    retried: (reason) => guarded(() => recording.write('llm_retries_total', 1, { model, reason })),
    response: (details) =>
      guarded(() => {
        response = { ...response, ...details }
      }),
    describe: (details) =>
      guarded(() => {
        where = { ...where, ...details }
      }),
    end: (outcome = 'complete') => guarded(() => settle(outcome, undefined)),
    fail: (error) =>
      guarded(() => {
        const described = describeError(error)
        if (described.llmType === 'cancelled') settle('aborted', undefined)
        else settle('failed', described)
      }),
    abort: () => guarded(() => settle('aborted', undefined)),
  }

  const scope: LlmCallScope = {
    owner,
    get open() {
      return open
    },
    addUsage: (usage) =>
      guarded(() => {
        added = addUsage(added, usage)
      }),
    addOutputBytes: (count) =>
      guarded(() => {
        addedBytes = (addedBytes ?? 0) + count
      }),
    firstOutput: call.firstOutput,
    toolCalls: (count) => call.toolCalls((toolCount ?? 0) + count),
    rateLimited: call.rateLimited,
    retried: call.retried,
    response: call.response,
    // The outer layer's own word wins over what the client says of itself.
    describe: (details) =>
      guarded(() => {
        where = { ...details, ...definedOnly(where) }
      }),
  }
  return { ...call, scope }
}

/** The options, read once: a getter that throws costs the call its details, never its caller anything. */
function readOptions(recording: Recording, given: LlmCallOptions): LlmCallOptions {
  if (typeof given !== 'object' || given === null) return {}
  return recording.guard('llm_call', () => ({ ...given })) ?? {}
}

function definedOnly(details: LlmEndpointDetails): LlmEndpointDetails {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined))
}

/**
 * A model call as an instrumented client sees it: when an outer layer has one open, this one only adds to it, so that
 * the call is counted once.
 */
export function joinLlmCall(recording: Recording, owner: object, options: LlmCallOptions): LlmCall {
  const outer = currentScope().call
  if (outer === undefined || outer.owner !== owner || !outer.open) return openLlmCall(recording, owner, options)
  outer.describe(options)
  const bytes = createUtf8Counter()
  let usage: LlmUsage | undefined
  let tools: number | undefined
  let open = true
  const guarded = (fn: () => void): void => {
    if (open) recording.guard('llm_call', fn)
  }
  const close = (): void =>
    guarded(() => {
      open = false
      if (usage !== undefined) outer.addUsage(usage)
      if (tools !== undefined) outer.toolCalls(tools)
      if (bytes.bytes > 0) outer.addOutputBytes(bytes.bytes)
    })
  return {
    usage: (said) =>
      guarded(() => {
        usage = toLlmUsage(said) ?? usage
      }),
    firstOutput: () => guarded(outer.firstOutput),
    chunk: () => undefined,
    output: (text) =>
      guarded(() => {
        if (typeof text === 'string') bytes.add(text)
      }),
    toolCalls: (count) =>
      guarded(() => {
        tools = count
      }),
    rateLimited: () => guarded(outer.rateLimited),
    retried: (reason) => guarded(() => outer.retried(reason)),
    response: (details) => guarded(() => outer.response(details)),
    describe: (details) => guarded(() => outer.describe(details)),
    end: close,
    fail: close,
    abort: close,
  }
}

/** Runs a function as a model call's inside. */
export function withinLlmCall<R>(call: OpenLlmCall, fn: () => R): R {
  return withScope({ call: call.scope }, fn)
}
