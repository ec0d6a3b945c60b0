import { defaultRecorder, follow, type LlmCallOptions, type Recorder, type ToolCall } from '@quipu/core'
import { at, isShape, listAt, textAt } from '../shape.js'
import type { InstrumentOptions } from './mark-client.js'

/** What `query()` of the Claude Agent SDK returns, as far as it is used here. */
export type ClaudeQuery = AsyncIterable<object>

/** Options of `instrument` for the Claude Agent SDK. */
export interface ClaudeAgentOptions extends InstrumentOptions {
  /** The query resumes or forks a session: what its first result reports in total was used before. Default `false`. */
  readonly isResumed?: boolean
}

/**
 * Observes a query of the Claude Agent SDK, which runs the agent in a process of its own, by the messages that it yields:
 * tokens and cost of each model as its `result` reports them, tool calls, and the duration of the agent's run. The models'
 * single requests are not reported: each model that a turn used counts as one call.
 *
 * @param query what `query()` returned; it is read by the application, and by nothing else
 * @param options what to record with, and what the calls are called
 * @returns the same object, with unchanged messages and errors; never throws
 * @see https://docs.claude.com/en/api/agent-sdk/typescript
 * @example
 * for await (const message of instrument(query({ prompt }))) handle(message)
 */
export function instrument<Q extends ClaudeQuery>(query: Q, options: ClaudeAgentOptions = {}): Q {
  const recorder = options.recorder ?? defaultRecorder()
  recorder.guard('claude_agent', () => {
    const session = new ClaudeSession(recorder, options)
    // The SDK's object passes its steps on to the iterator that it returns, so that following that one sees both.
    follow(
      () => query[Symbol.asyncIterator](),
      ({ kind }) => recorder.guard('claude_agent', () => session.end(kind === 'threw')),
      { onStep: (message) => recorder.guard('claude_agent', () => session.observe(message)) },
    )
  })
  return query
}

/** Tokens and cost of a model since the session began. */
interface Totals {
  readonly [name: string]: number
}

const COUNTS = ['inputTokens', 'outputTokens', 'cacheReadInputTokens', 'cacheCreationInputTokens', 'costUSD']

/** The tool calls that are open at once; a further one is not counted. */
const MAX_TOOLS = 1000

/** One query: its open tool calls, and what its results reported so far. */
class ClaudeSession {
  readonly #recorder: Recorder
  readonly #endpoint: string | undefined
  readonly #tools = new Map<string, ToolCall>()
  readonly #totals = new Map<string, Totals>()
  #known: ReadonlySet<unknown> = new Set()
  #model: string | undefined
  #isResumed: boolean
  /** When the turn began that has no result yet. */
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

  /** The query is over; a turn without a result was left, or failed. */
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
      // A message may come again with a further block.
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
    // Of a resumed session only the turn's own usage is known to be new; it has no cost.
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

  /** What a model used since the last result; undefined when nothing. Totals that became less began anew. */
  #since(model: string, reported: unknown): { readonly [name: string]: number } | undefined {
    const earlier = this.#totals.get(model)
    const totals = Object.fromEntries(COUNTS.map((name) => [name, numberAt(reported, name) ?? 0]))
    this.#totals.set(model, totals)
    const hasBegunAnew = COUNTS.some((name) => (totals[name] ?? 0) < (earlier?.[name] ?? 0))
    const since = (name: string): number => (totals[name] ?? 0) - (hasBegunAnew ? 0 : (earlier?.[name] ?? 0))
    if (COUNTS.every((name) => since(name) === 0)) return undefined
    return {
      // Anthropic's names, whose input leaves the cached tokens out.
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
