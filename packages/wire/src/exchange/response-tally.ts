import type { LlmCall } from '@quipu/core'
import type { Failure, NumberTree, ResponseTarget } from '@quipu/protocols'

/** Passes the content of a response on to the call, and stores how the response ended. */
export class ResponseTally implements ResponseTarget {
  /** The call; undefined while it is not known whether there is one. */
  call: LlmCall | undefined
  readonly #isStream: boolean
  readonly #pace: { readonly happenedMs: number | undefined }
  #tools: Set<string> | undefined
  #toolCount = 0
  #serviceTier: string | undefined
  #usage: NumberTree | undefined
  #hasOutput = false
  #isMalformed = false
  #failure: Failure | undefined
  isComplete = false
  onBackground: ResponseTarget['background'] | undefined
  /** The id of a response that continues in the background. */
  pendingId: string | undefined
  /** The model in the response. */
  model: string | undefined

  /** @param pace has the arrival of the current chunk, if it is read later */
  constructor(call: LlmCall | undefined, isStream: boolean, pace: { readonly happenedMs: number | undefined }) {
    this.call = call
    this.#isStream = isStream
    this.#pace = pace
  }

  /** The failure in the response, or of it. */
  get failure(): Failure | undefined {
    return this.#failure ?? (this.#isMalformed && !this.isComplete ? { type: 'invalid_response' } : undefined)
  }

  /** Whether generated output came. */
  get hasOutput(): boolean {
    return this.#hasOutput
  }

  response(details: Parameters<ResponseTarget['response']>[0]): void {
    const { model, serviceTier, latencyMs, costDollars } = details
    if (this.call === undefined) return
    // Each chunk of a stream contains them.
    const isKnown = (model ?? this.model) === this.model && (serviceTier ?? this.#serviceTier) === this.#serviceTier
    if (isKnown && latencyMs === undefined && costDollars === undefined) return
    this.model = model ?? this.model
    this.#serviceTier = serviceTier ?? this.#serviceTier
    this.call?.response(details)
  }

  chunk(): void {
    if (this.#isStream) this.call?.chunk(this.#pace.happenedMs)
  }

  usage(usage: NumberTree | undefined): void {
    if (usage === undefined) return
    this.#usage = merged(this.#usage, usage)
    this.call?.usage(this.#usage)
  }

  output(bytes: number | undefined): void {
    // A stream's empty first chunk, which only has the role, is not output.
    if (bytes === undefined || (bytes === 0 && this.#isStream)) return
    this.call?.outputBytes(bytes)
    if (bytes > 0) this.#first()
  }

  otherOutput(isOutput: boolean | undefined): void {
    if (isOutput) this.#first()
  }

  tools(count: number | undefined): void {
    if (count === undefined || count === 0) return
    this.#toolCount += count
    this.#first()
    this.call?.toolCalls(this.#toolCount + (this.#tools?.size ?? 0))
  }

  tool(key: string): void {
    this.#first()
    // Models request few tools; invalid keys must not fill memory.
    this.#tools ??= new Set()
    if (this.#tools.size < 1024) this.#tools.add(key)
    this.call?.toolCalls(this.#toolCount + (this.#tools?.size ?? 0))
  }

  background(response: Parameters<ResponseTarget['background']>[0]): void {
    this.pendingId = response.isOver ? undefined : response.id
    this.onBackground?.(response)
  }

  // A response of one call reports no others.
  reported(): void {}

  reportedStart(): void {}

  agent(): void {}

  unrelated(): void {}

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
    if (this.#isStream && !this.#hasOutput) this.call?.firstOutput(this.#pace.happenedMs)
    this.#hasOutput = true
  }
}

/**
 * Merges usage with that of a later chunk. Providers split it over chunks, repeat it, or send totals so far: a later
 * count replaces an earlier one, unless it is zero.
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
