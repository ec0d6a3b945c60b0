import { defaultRecorder, follow, type LlmCallOptions, type Recorder, type ToolCall } from '@quipu/core'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, isShape, listAt, textAt } from '@quipu/wire/shape'

/** The used parts of the result of `query()`. */
export type ClaudeQuery = AsyncIterable<object>

/** Options of `instrument` for the Claude Agent SDK. */
export interface ClaudeAgentOptions extends InstrumentOptions {
  /** Whether the query resumes or forks a session, whose first result then also contains earlier usage. Default `false`. */
  readonly isResumed?: boolean
}

/**
 * Observes a query of the Claude Agent SDK, which runs the agent in a separate process, by the messages that it yields:
 * tokens and cost of each model as its `result` reports them, tool calls, and the duration of the agent's run. The SDK does
 * not report single requests: each model that a turn used counts as one call.
 *
 * @param query the result of `query()`; only the application reads it
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged messages and errors; never throws
 * @see https://docs.claude.com/en/api/agent-sdk/typescript
 * @example
 * for await (const message of instrument(query({ prompt }))) handle(message)
 */
export function instrument<Q extends ClaudeQuery>(query: Q, options: ClaudeAgentOptions = {}): Q {
  const recorder = options.recorder ?? defaultRecorder()
  recorder.guard('claude_agent', () => {
    const session = new ClaudeSession(recorder, options)
    // The SDK's object delegates to the iterator that it returns, so following the iterator observes both.
    follow(
      () => query[Symbol.asyncIterator](),
      ({ kind }) => recorder.guard('claude_agent', () => session.end(kind === 'threw')),
      { onStep: (message) => recorder.guard('claude_agent', () => session.observe(message)) },
    )
  })
  return query
}

/** Tokens and cost of a model since the start of the session. */
interface Totals {
  readonly [name: string]: number
}

const COUNTS = ['inputTokens', 'outputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens', 'costUSD']

/** Maximum number of open tool calls; further ones are not counted. */
const MAX_TOOLS = 1000

/** One query: its open tool calls, and the totals of its results so far. */
class ClaudeSession {
  readonly #recorder: Recorder
  readonly #endpoint: string | undefined
  readonly #tools = new Map<string, ToolCall>()
  readonly #totals = new Map<string, Totals>()
  #known: ReadonlySet<unknown> = new Set()
  #model: string | undefined
  #isResumed: boolean
  /** Start of the turn without a result yet. */
  #turnStartedMs: number | undefined

  constructor(recorder: Recorder, { endpoint, isResumed = false }: ClaudeAgentOptions) {
    this.#recorder = recorder
    this.#endpoint = endpoint
    this.#isResumed = isResumed
  }

  observe(message: unknown): void {
    const type = at(message, 'type')
    if (type !== 'result') this.#turnStartedMs ??= this.#now()
    if (type === 'system' && at(message, 'subtype') === 'init') this.#begun(message)
    else if (type === 'assistant') this.#toolsAsked(at(message, 'message'))
    else if (type === 'user') this.#toolsAnswered(at(message, 'message'))
    else if (type === 'result') this.#result(message)
  }

  /** Ends the query; a turn without a result was abandoned or failed. */
  end(hasFailed: boolean): void {
    for (const call of this.#tools.values()) call.fail({ code: 'cancelled' })
    this.#tools.clear()
    if (this.#turnStartedMs === undefined) return
    const run = this.#startRun(this.#turnStartedMs)
    if (hasFailed) run.fail({ type: 'connection' })
    else run.end('abandoned')
    this.#turnStartedMs = undefined
  }

  #begun(message: unknown): void {
    this.#known = new Set(listAt(message, 'tools'))
    this.#model = textAt(message, 'model')
  }

  #toolsAsked(message: unknown): void {
    for (const block of listAt(message, 'content')) {
      const id = textAt(block, 'id')
      const name = textAt(block, 'name')
      if (at(block, 'type') !== 'tool_use' || id === undefined || name === undefined) continue
      // The same message may arrive again with one more block.
      if (this.#tools.has(id) || this.#tools.size >= MAX_TOOLS) continue
      this.#tools.set(id, this.#recorder.startToolCall(this.#known.has(name) ? name : 'other'))
    }
  }

  #toolsAnswered(message: unknown): void {
    for (const block of listAt(message, 'content')) {
      const id = textAt(block, 'tool_use_id') ?? ''
      const call = this.#tools.get(id)
      this.#tools.delete(id)
      if (at(block, 'is_error') === true) call?.fail({ code: 'tool_error' })
      else call?.end()
    }
  }

  #result(message: unknown): void {
    const now = this.#now()
    const startedMs = now - (numberAt(message, 'duration_ms') ?? now - (this.#turnStartedMs ?? now))
    for (const [model, totals] of Object.entries(Object(at(message, 'modelUsage')))) {
      const used = this.#since(model, totals)
      if (used !== undefined && !this.#isResumed) this.#recordModel(model, used, used.costUSD, startedMs)
    }
    // In a resumed session only the usage of the turn itself is known to be new; it has no cost.
    const usage = at(message, 'usage')
    if (this.#isResumed && isShape(usage)) this.#recordModel(this.#model, usage, undefined, startedMs)
    this.#isResumed = false
    const run = this.#startRun(startedMs)
    if (at(message, 'is_error') === true) run.fail({ status: numberAt(message, 'api_error_status') })
    else run.end()
    this.#turnStartedMs = undefined
  }

  #recordModel(model: string | undefined, usage: object, costDollars: number | undefined, startedMs: number): void {
    const call = this.#recorder.startLlmCall({ ...this.#about(startedMs), model, endpoint: this.#endpoint })
    call.usage(usage)
    call.response({ costDollars })
    call.end()
  }

  /** Returns a model's usage since the last result, if any. Smaller totals mean a restart from zero. */
  #since(model: string, reported: unknown): { readonly [name: string]: number } | undefined {
    const earlier = this.#totals.get(model)
    const totals = Object.fromEntries(COUNTS.map((name) => [name, numberAt(reported, name) ?? 0]))
    this.#totals.set(model, totals)
    const hasBegunAnew = COUNTS.some((name) => (totals[name] ?? 0) < (earlier?.[name] ?? 0))
    const since = (name: string): number => (totals[name] ?? 0) - (hasBegunAnew ? 0 : (earlier?.[name] ?? 0))
    if (COUNTS.every((name) => since(name) === 0)) return undefined
    return {
      // Anthropic's names; its input excludes cached tokens.
      input_tokens: since('inputTokens'),
      output_tokens: since('outputTokens'),
      cache_read_input_tokens: since('cacheReadInputTokens'),
      cache_creation_input_tokens: since('cacheCreationInputTokens'),
      costUSD: since('costUSD'),
    }
  }

  #startRun(startedMs: number) {
    return this.#recorder.startLlmCall({ ...this.#about(startedMs), operation: 'invoke_agent', name: 'claude-agent' })
  }

  #about(startedMs: number): LlmCallOptions {
    return { provider: 'anthropic', operation: 'chat', startedMs }
  }

  #now(): number {
    return this.#recorder.clock.monotonicMs()
  }
}

function numberAt(holder: unknown, name: string): number | undefined {
  const value = at(holder, name)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
