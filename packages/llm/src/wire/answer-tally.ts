import type { LlmCall } from '@quipu/core'
import type { AnswerTarget, Failure, NumberTree } from '@quipu/protocols'

/** Passes what an answer says on to the call, and remembers how it ended. */
export class AnswerTally implements AnswerTarget {
  readonly #call: LlmCall
  readonly #isStream: boolean
  readonly #happenedMs: () => number | undefined
  #tools: Set<string> | undefined
  #toolCount = 0
  #serviceTier: string | undefined
  #usage: NumberTree | undefined
  #hasOutput = false
  #isMalformed = false
  #failure: Failure | undefined
  isComplete = false
  /** The model that the answer names. */
  model: string | undefined

  /** @param happenedMs when the chunk came that is read now, where it is read later */
  constructor(call: LlmCall, isStream: boolean, happenedMs: () => number | undefined) {
    this.#call = call
    this.#isStream = isStream
    this.#happenedMs = happenedMs
  }

  /** The failure that the answer says, or is. */
  get failure(): Failure | undefined {
    return this.#failure ?? (this.#isMalformed && !this.isComplete ? { type: 'invalid_response' } : undefined)
  }

  /** Whether generated output came. */
  get hasOutput(): boolean {
    return this.#hasOutput
  }

  response(details: Parameters<AnswerTarget['response']>[0]): void {
    const { model, serviceTier, latencyMs, costDollars } = details
    // Each chunk of a stream names them.
    const isKnown = (model ?? this.model) === this.model && (serviceTier ?? this.#serviceTier) === this.#serviceTier
    if (isKnown && latencyMs === undefined && costDollars === undefined) return
    this.model = model ?? this.model
    this.#serviceTier = serviceTier ?? this.#serviceTier
    this.#call.response(details)
  }

  chunk(): void {
    if (this.#isStream) this.#call.chunk(this.#happenedMs())
  }

  usage(usage: NumberTree | undefined): void {
    if (usage === undefined) return
    this.#usage = merged(this.#usage, usage)
    this.#call.usage(this.#usage)
  }

  output(bytes: number | undefined): void {
    // An empty first chunk of a stream, which only has the role, is not output.
    if (bytes === undefined || (bytes === 0 && this.#isStream)) return
    this.#call.outputBytes(bytes)
    if (bytes > 0) this.#first()
  }

  sign(isOutput: boolean | undefined): void {
    if (isOutput) this.#first()
  }

  tools(count: number | undefined): void {
    if (count === undefined || count === 0) return
    this.#toolCount += count
    this.#first()
    this.#call.toolCalls(this.#toolCount + (this.#tools?.size ?? 0))
  }

  tool(key: string): void {
    this.#first()
    // A model asks for a handful of tools; junk keys must not fill memory.
    this.#tools ??= new Set()
    if (this.#tools.size < 1024) this.#tools.add(key)
    this.#call.toolCalls(this.#toolCount + (this.#tools?.size ?? 0))
  }

  complete(): void {
    this.isComplete = true
  }

  fail(failure: Failure): void {
    this.#failure ??= failure
  }

  malformed(): void {
    this.#isMalformed = true
  }

  #first(): void {
    if (this.#isStream && !this.#hasOutput) this.#call.firstOutput(this.#happenedMs())
    this.#hasOutput = true
  }
}

/**
 * Usage with what a later chunk says of it. Providers split it over chunks, repeat it, or send totals so far: a later count
 * replaces an earlier one, except that a zero does not replace a count.
 */
function merged(known: NumberTree | undefined, later: NumberTree): NumberTree {
  if (known === undefined) return later
  const usage: Record<string, number | NumberTree> = { ...known }
  for (const [name, value] of Object.entries(later)) {
    const before = known[name]
    if (typeof value === 'object') usage[name] = merged(typeof before === 'object' ? before : undefined, value)
    else if (value !== 0 || before === undefined) usage[name] = value
  }
  return usage
}
