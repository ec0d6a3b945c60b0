import type { UsageLike } from './llm-usage.js'
import type { Recording } from './recording.js'

/** Properties of a response, besides its usage. */
export interface LlmResponse {
  readonly model?: string | undefined
  readonly serviceTier?: string | undefined
  /** Milliseconds of latency, as reported by the provider. */
  readonly latencyMs?: number | undefined
  /** Cost in US dollars, as reported by the provider; takes precedence over a price table. */
  readonly costDollars?: number | undefined
}

/** Destination of a call. */
export interface LlmEndpointDetails {
  readonly provider?: string | undefined
  /** OpenTelemetry's name: `chat` (default), `text_completion`, `embeddings`, `invoke_agent`, … */
  readonly operation?: string | undefined
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
}

/** How many calls an agent's run made in this process. */
export interface AgentCalls {
  readonly inference: number
  readonly tool: number
}

/** Properties of a model call at its start. Within another call, they fill in those that the outer one lacks. */
export interface LlmCallOptions extends LlmEndpointDetails {
  /** The requested model. Default `unknown`. */
  readonly model?: string | undefined
  /** Name of the agent or workflow, for operations that contain model calls. */
  readonly name?: string | undefined
  /** Name of the call in the application. Default: the attributed feature, otherwise the operation. */
  readonly endpoint?: string | undefined
  /** Number of messages in the conversation. */
  readonly messageCount?: number | undefined
  /** The user; default that of `withUser`. */
  readonly user?: string | null | undefined
  /** The signal that stops the call. A call stopped by it is neither a success nor an error. */
  readonly signal?: AbortSignal | undefined
  /** Start in milliseconds of the recorder's monotonic clock. Default now. With null, if it is not known, the call has no duration. */
  readonly startedMs?: number | null | undefined
  /**
   * Whether it ran earlier as part of a batch whose results are read now. It then has no duration, and no cost by a price
   * table, because batches have prices of their own.
   */
  readonly isFromBatch?: boolean | undefined
  /** Whether the response is streamed. Default: detected by a call of `firstOutput()` or `chunk()`. */
  readonly stream?: boolean | undefined
}

/**
 * A model call in progress. Only the first call of `end`, `fail` or `abort` has an effect. No method throws, and none
 * keeps content: of output, only the number of bytes.
 */
export interface LlmCall {
  /**
   * Runs a function that sends the call's request, so that an observed client within it is counted as a part of this
   * call, not as another one. `withLlmCall` does it by itself.
   *
   * @param fn the function to run
   * @returns the result of `fn`; throws its errors
   * @example
   * const stream = await call.run(() => client.chat.completions.create({ model, messages, stream: true }))
   */
  run<R>(fn: () => R): R
  /** Sets the usage, in any provider's spelling. A later call replaces earlier values. */
  usage(usage: UsageLike): void
  /**
   * Reports the first generated output: text, reasoning or a tool call. `atMs` is its time in milliseconds of the
   * recorder's monotonic clock, if it is reported later.
   */
  firstOutput(atMs?: number): void
  /**
   * Reports a chunk of a stream, received at `atMs` if it is reported later. The time between chunks is recorded if
   * OpenTelemetry's conventions are enabled.
   */
  chunk(atMs?: number): void
  /** Counts the UTF-8 bytes of a piece of the completion. */
  output(text: string): void
  /** Counts output of a known size in UTF-8 bytes. */
  outputBytes(bytes: number): void
  /** Sets the number of tool calls that the model requested. A later call replaces earlier values. */
  toolCalls(count: number): void
  /** Sets how many model calls and tool calls an agent's run made. Within `withLlmCall` they are counted. */
  agentCalls(counts: AgentCalls): void
  /** Reports another attempt after a failed one. The reason is one of the catalogue's `llmErrorTypes`. */
  retried(reason: string): void
  response(details: LlmResponse): void
  /** Sets details of the call. Later values replace earlier ones. */
  describe(details: LlmCallOptions): void
  /**
   * Ends the call: `abandoned` if a consumer stopped reading, `unread` if no consumer started. If an inner call is
   * still open, such as a stream that is being read, the call is recorded at the end of that one. `endedMs` is the time
   * if it is reported later.
   */
  end(outcome?: 'complete' | 'abandoned' | 'unread', endedMs?: number): void
  /**
   * Fails the call. `endedMs` is the time in milliseconds of the recorder's monotonic clock, if it is reported later.
   */
  fail(error: unknown, endedMs?: number): void
  /** Ends the call as stopped by its own signal: neither a success nor an error. */
  abort(endedMs?: number): void
  /** Whether the call is a part of an open outer call, which is recorded instead. */
  readonly isInner: boolean
}

/** Copies the options. If one of their getters throws, the call loses its details, and the caller gets no error. */
export function copyOptions(recording: Recording, options: LlmCallOptions): LlmCallOptions {
  if (typeof options !== 'object' || options === null) return {}
  return recording.guard('llm_call', () => withDefaults(options, {})) ?? {}
}

/** Completes details with those of another layer. Only declared properties are read. */
export function withDefaults(known: LlmCallOptions, more: LlmCallOptions): LlmCallOptions {
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
    isFromBatch: either(known.isFromBatch, more.isFromBatch),
    stream: either(known.stream, more.stream),
  }
}

/** The first value, otherwise the second; an empty string counts as missing. */
export function either<T>(known: T | undefined, other: T | undefined): T | undefined {
  return known === undefined || known === '' ? other : known
}
