import type { UsageLike } from './llm-usage.js'
import type { Recording } from './recording.js'

/** What a response says of itself, beside its usage. */
export interface LlmResponse {
  readonly model?: string | undefined
  readonly serviceTier?: string | undefined
  /** Milliseconds that the provider says it took (K12). */
  readonly latencyMs?: number | undefined
  /** What the provider says it cost, in US dollars; it takes precedence over a price table. */
  readonly costDollars?: number | undefined
}

/** Where a call went. */
export interface LlmEndpointDetails {
  readonly provider?: string | undefined
  /** OpenTelemetry's name: `chat` (default), `text_completion`, `embeddings`, `invoke_agent`, … */
  readonly operation?: string | undefined
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
}

/** What is known of a model call when it begins; within another call it fills in what that one did not say. */
export interface LlmCallOptions extends LlmEndpointDetails {
  /** The requested model. Default `unknown`. */
  readonly model?: string | undefined
  /** The name of the agent or workflow, for operations that contain model calls. */
  readonly name?: string | undefined
  /** Which of the application's calls it is (S8). Default: the attributed feature, else the operation. */
  readonly endpoint?: string | undefined
  /** Messages in the conversation (A18). */
  readonly messageCount?: number | undefined
  /** Who it is for; default whoever `withUser` names. */
  readonly user?: string | null | undefined
  /** The signal that stops it: a call that its own signal stopped is neither a success nor an error. */
  readonly signal?: AbortSignal | undefined
  /** When it started, by the recorder's monotonic clock, in milliseconds. Default now. */
  readonly startedMs?: number | undefined
  /** Whether the answer comes in pieces. Default: it does when `firstOutput()` or `chunk()` is called. */
  readonly stream?: boolean | undefined
}

/**
 * A model call under way. The first of `end`, `fail` and `abort` counts, what comes after does nothing. No method throws
 * and none keeps what it is given: of output only the number of its bytes.
 */
export interface LlmCall {
  /** What the call used, in any provider's spelling; said again, it replaces what was said before. */
  usage(usage: UsageLike): void
  /**
   * The first generated output came: text, reasoning, a tool call; `atMs` is when, by the recorder's monotonic clock, where
   * it is reported later.
   */
  firstOutput(atMs?: number): void
  /**
   * A chunk of a stream came, at `atMs` where that is reported later; times between chunks are recorded where
   * OpenTelemetry's conventions are on.
   */
  chunk(atMs?: number): void
  /** Counts the UTF-8 bytes of a piece of the completion (S11). */
  output(text: string): void
  /** Counts output whose size in UTF-8 bytes is known, as `output` does. */
  outputBytes(bytes: number): void
  /** How many tool calls the model asked for (A19); said again, it replaces what was said before. */
  toolCalls(count: number): void
  /** Another attempt is made because the one before it failed; the reason is one of the catalogue's `llmErrorTypes`. */
  retried(reason: string): void
  response(details: LlmResponse): void
  /** What is known of it now; replaces what was known before. */
  describe(details: LlmCallOptions): void
  /**
   * It is over; `abandoned` when a consumer stopped reading, `unread` when none began. Where a call within it is still
   * open, a stream that goes on being read, it is counted when that one is over. `endedMs` when that was known later.
   */
  end(outcome?: 'complete' | 'abandoned' | 'unread', endedMs?: number): void
  /** It failed; `endedMs` when that was known later, by the recorder's monotonic clock. */
  fail(error: unknown, endedMs?: number): void
  /** It was stopped by its own signal: neither a success nor an error. */
  abort(endedMs?: number): void
  /** Whether it is a part of an open call around it, which is the one that is recorded. */
  readonly isInner: boolean
}

/** The options as they are now; a getter of theirs that throws costs the call its details, and its caller nothing. */
export function copyOptions(recording: Recording, options: LlmCallOptions): LlmCallOptions {
  if (typeof options !== 'object' || options === null) return {}
  return recording.guard('llm_call', () => filledIn(options, {})) ?? {}
}

/** What is known, and of what is not, what another layer knows. Only what is declared is read, however much there is. */
export function filledIn(known: LlmCallOptions, more: LlmCallOptions): LlmCallOptions {
  return {
    provider: either(known.provider, more.provider),
    operation: either(known.operation, more.operation),
    serverAddress: either(known.serverAddress, more.serverAddress),
    serverPort: either(known.serverPort, more.serverPort),
    model: either(known.model, more.model),
    name: either(known.name, more.name),
    endpoint: either(known.endpoint, more.endpoint),
    messageCount: either(known.messageCount, more.messageCount),
    user: either(known.user, more.user),
    signal: either(known.signal, more.signal),
    startedMs: either(known.startedMs, more.startedMs),
    stream: either(known.stream, more.stream),
  }
}

/** What was said, or else what was said elsewhere; an empty text says nothing. */
export function either<T>(known: T | undefined, other: T | undefined): T | undefined {
  return known === undefined || known === '' ? other : known
}
