import type { HistogramHandle } from '@quipu/store'
import { currentScope, type Scope, withScope } from './context.js'
import { describeError, type ErrorDescription } from './describe-error.js'
import { typeOfErrorWord } from './error-words.js'
import type { User } from './lazy-user.js'
import {
  type AgentCalls,
  copyOptions,
  either,
  type LlmCall,
  type LlmCallOptions,
  type LlmResponse,
  withDefaults,
} from './llm-call.js'
import { type Ending, endingOf } from './llm-call-ending.js'
import { type AgentScope, callAround, type InnerCall, isAroundCalls, type LlmCallScope } from './llm-call-scope.js'
import { costOf, type LlmCost } from './llm-cost.js'
import { LlmTally } from './llm-tally.js'
import type { UsageLike } from './llm-usage.js'
import { agentRunMapping } from './mappings/agent-run.js'
import { llmCallMapping } from './mappings/llm-call.js'
import { noteThrown } from './model-failures.js'
import type { LlmCallObservation, LlmOutcome } from './observation.js'
import { recordUserTokens } from './record-user-tokens.js'
import type { Recording } from './recording.js'

/**
 * A model call in progress: open, then ending while inner calls are still open, then recorded once and closed. Within
 * an open call of the same recorder and operation it is a part of that one, reports to it, and records nothing itself.
 */
export class RunningLlmCall implements LlmCall, LlmCallScope, AgentScope {
  readonly owner: Recording
  readonly operation: string | undefined
  readonly tally = new LlmTally()
  open = true
  /** The result was returned and no code has read it: the end of an inner call ends this one. */
  isUnread = false
  readonly #startedMs: number
  readonly #hasDuration: boolean
  readonly #outer: LlmCallScope | undefined
  readonly #user: User | undefined
  readonly #feature: string | undefined
  readonly #endpoint: string | undefined
  #about: LlmCallOptions
  #response: LlmResponse = {}
  #innerOpen = 0
  /** The last inner call that did not complete, whose failure may be more specific than the error that arrives here. */
  #innerFailure: InnerCall | undefined = undefined
  #firstOutputMs: number | undefined = undefined
  #firstChunkMs: number | undefined = undefined
  #lastChunkMs: number | undefined = undefined
  /** The series of the times between chunks, from the second chunk on. */
  #gaps: readonly HistogramHandle[] | undefined = undefined
  #ending: Ending | undefined = undefined
  /** Time of the end, if it is reported later. */
  #endedMs: number | undefined = undefined

  /** @param here the scope of the code that makes the call */
  constructor(recording: Recording, options: LlmCallOptions, here: Scope = currentScope()) {
    this.owner = recording
    this.#about = copyOptions(recording, options)
    const { startedMs } = this.#about
    this.#startedMs = typeof startedMs === 'number' ? startedMs : recording.clock.monotonicMs()
    this.#hasDuration = startedMs !== null
    this.operation = this.#about.operation || undefined
    this.#outer = callAround(here.call, recording, this.operation)
    this.#outer?.enter(this.#about)
    const isModelCall = this.#outer === undefined && !isAroundCalls(this.operation)
    if (isModelCall && here.agent?.owner === recording) here.agent.addAgentCall('inference')
    // Read here and not when a stream is read, because its reader may act for another user.
    this.#user = this.#about.user === undefined ? here.user : this.#about.user
    this.#feature = here.attribution?.feature
    this.#endpoint = this.#about.endpoint || this.#feature
  }

  run<R>(fn: () => R): R {
    this.isUnread = false
    const inside = { call: this, tool: undefined }
    return withScope(this.operation === 'invoke_agent' ? { ...inside, agent: this } : inside, fn)
  }

  enter(details: LlmCallOptions): void {
    if (!this.open) return
    this.#innerOpen++
    this.fillIn(details)
  }

  leave(call: InnerCall): void {
    if (!this.open) return
    this.#innerOpen--
    this.tally.add(call)
    this.#innerFailure = call.outcome === 'failed' || call.outcome === 'aborted' ? call : undefined
    if (this.#ending === undefined) {
      // A failed inner call may be retried.
      if (this.isUnread && this.#innerOpen === 0 && this.#innerFailure === undefined) this.end(call.outcome)
      return
    }
    if (call.outcome !== 'complete') this.#ending = call
    if (this.#innerOpen === 0) this.#close(this.#ending)
  }

  addAgentCall(kind: keyof AgentCalls): void {
    if (this.open) this.tally.addAgentCall(kind)
  }

  firstOutput(atMs?: number): void {
    if (!this.open) return
    const at = this.#timeOf(atMs)
    this.#firstOutputMs ??= at - this.#startedMs
    this.#firstChunkMs ??= this.#firstOutputMs
    this.#outer?.firstOutput(at)
  }

  firstChunk(atMs?: number): void {
    if (!this.open) return
    const at = this.#timeOf(atMs)
    this.#firstChunkMs ??= at - this.#startedMs
    this.#outer?.firstChunk(at)
  }

  chunk(atMs?: number): void {
    if (!this.isAccepting) return
    const at = this.#timeOf(atMs)
    this.firstChunk(at)
    const now = at - this.#startedMs
    // Times between chunks are those of one stream. An outer call may have several, which report their own.
    if (this.#lastChunkMs !== undefined && this.#outer === undefined) this.#writeGap((now - this.#lastChunkMs) / 1000)
    this.#lastChunkMs = now
  }

  retried(reason: string): void {
    if (!this.open) return
    if (this.#outer !== undefined) this.#outer.retried(reason)
    else this.owner.write('llm_retries_total', 1, { model: this.#model, reason: typeOfErrorWord(reason) ?? 'unknown' })
  }

  response(details: LlmResponse): void {
    if (!this.open) return
    // The details are the caller's object, whose getters may throw.
    this.owner.guard('llm_call', () => {
      this.#response = {
        model: either(details.model, this.#response.model),
        serviceTier: either(details.serviceTier, this.#response.serviceTier),
        latencyMs: either(details.latencyMs, this.#response.latencyMs),
      }
      this.tally.setCost(details.costDollars)
      // Without the cost, because the costs of several inner calls are added when they end.
      this.#outer?.response(this.#response)
    })
  }

  fillIn(details: LlmCallOptions): void {
    if (!this.open) return
    this.#about = withDefaults(this.#about, details)
    this.#outer?.fillIn(details)
  }

  describe(details: LlmCallOptions): void {
    if (!this.open) return
    const copied = copyOptions(this.owner, details)
    this.#about = withDefaults(copied, this.#about)
    this.#outer?.fillIn(copied)
  }

  usage(usage: UsageLike): void {
    if (this.isAccepting) this.tally.setUsage(usage)
  }

  output(text: string): void {
    if (this.isAccepting) this.tally.addOutput(text)
  }

  outputBytes(bytes: number): void {
    if (this.isAccepting) this.tally.addOutputBytes(bytes)
  }

  toolCalls(count: number): void {
    if (this.isAccepting) this.tally.setToolCalls(count)
  }

  agentCalls(counts: AgentCalls): void {
    if (this.isAccepting) this.owner.guard('llm_call', () => this.tally.setAgentCalls(counts))
  }

  /** Whether it still accepts amounts. After its end it does not, although inner calls may still be open. */
  get isAccepting(): boolean {
    return this.open && this.#ending === undefined
  }

  /** Whether it is a part of an open outer call. */
  get isInner(): boolean {
    return this.#outer !== undefined
  }

  abort(endedMs?: number): void {
    this.end('aborted', endedMs)
  }

  end(outcome: LlmOutcome = 'complete', endedMs?: number): void {
    const failure = outcome === 'unread' ? this.#innerFailure : undefined
    this.#end(failure ?? { outcome, error: undefined }, endedMs)
  }

  fail(thrown: unknown, endedMs?: number): void {
    noteThrown(thrown)
    if (this.isAccepting) {
      this.#end(endingOf(describeError(thrown, this.#about.signal), this.#innerFailure), endedMs)
    }
  }

  #end(ending: Ending, endedMs?: number): void {
    if (!this.isAccepting) return
    this.#ending = ending
    this.#endedMs = endedMs
    // The caller handles a failure; only successful work, such as a stream that is being read, may continue.
    if (this.#innerOpen === 0 || ending.error !== undefined || ending.outcome === 'aborted') this.#close(ending)
  }

  #close({ outcome, error }: Ending): void {
    this.open = false
    if (this.#outer !== undefined) {
      const { usage, usageUnreadable, outputBytes, toolCalls, costDollars } = this.tally
      this.#outer.leave({ outcome, error, usage, usageUnreadable, outputBytes, toolCalls, costDollars })
      return
    }
    const mapping = isAroundCalls(this.operation) ? agentRunMapping : llmCallMapping
    // The price table is the application's object.
    this.owner.guard('llm_call', () => {
      this.owner.observe(mapping, this.#observed(outcome, error), this.#user)
      if (mapping === llmCallMapping) recordUserTokens(this.owner, this.#user, this.tally.usage)
    })
  }

  #observed(outcome: LlmOutcome, error: ErrorDescription | undefined): LlmCallObservation {
    const { usage, usageUnreadable, outputBytes, toolCalls } = this.tally
    const about = this.#about
    const cost = this.#cost
    return {
      model: this.#model,
      endpoint: this.#endpoint ?? this.#operationName,
      provider: this.#about.provider || 'unknown',
      operation: this.#operationName,
      name: about.name,
      responseModel: this.#response.model,
      serverAddress: about.serverAddress,
      serverPort: about.serverPort,
      serviceTier: this.#response.serviceTier,
      feature: this.#feature,
      streamed: about.stream ?? this.#firstChunkMs !== undefined,
      outcome,
      error,
      durationMs:
        this.#hasDuration && about.isFromBatch !== true ? this.#timeOf(this.#endedMs) - this.#startedMs : undefined,
      firstOutputMs: this.#firstOutputMs,
      firstChunkMs: this.#firstChunkMs,
      providerLatencyMs: this.#response.latencyMs,
      usage,
      usageUnreadable,
      outputBytes,
      cost,
      priceUnknown: this.owner.pricing !== undefined && usage !== undefined && cost === undefined,
      messageCount: about.messageCount,
      toolCount: toolCalls,
      agentCalls: this.tally.agentCalls,
    }
  }

  get #cost(): LlmCost | undefined {
    const { usage, costDollars } = this.tally
    if (costDollars !== undefined) return { source: 'provider', parts: { all: costDollars } }
    const { pricing, clock } = this.owner
    if (usage === undefined || pricing === undefined || this.#about.isFromBatch === true) return undefined
    const provider = this.#about.provider || 'unknown'
    const call = { model: this.#model, responseModel: this.#response.model, provider }
    // A lookup is the application's function.
    return this.owner.guard('prices', () => costOf({ ...call, unixMs: clock.unixMs() }, usage, pricing))
  }

  #writeGap(seconds: number): void {
    this.#gaps ??= this.owner.chunkGaps({
      'gen_ai.operation.name': this.#operationName,
      'gen_ai.provider.name': this.#about.provider || 'unknown',
      'gen_ai.request.model': this.#model,
    })
    for (const gap of this.#gaps) gap.record(seconds)
  }

  /** A reported time, or now: these methods may be listeners and receive the arguments of an event. */
  #timeOf(atMs: number | undefined): number {
    return typeof atMs === 'number' ? atMs : this.owner.clock.monotonicMs()
  }

  get #model(): string {
    return this.#about.model || 'unknown'
  }

  get #operationName(): string {
    return this.#about.operation || 'chat'
  }
}
