import type { ErrorDescription } from './describe-error.js'
import type { LlmCallOptions } from './llm-call.js'
import type { LlmUsage } from './llm-usage.js'
import type { LlmOutcome } from './observation.js'

/** What an inner layer (an instrumented client) may tell the model call that an outer layer has open. */
export interface LlmCallScope {
  /** Who opened it; a layer of another recorder counts for itself. */
  readonly owner: object
  readonly open: boolean
  /** An inner call begins. What it knows of itself fills in what the outer layer did not say. */
  enter(options: LlmCallOptions): void
  /** An inner call is over; when the outer layer's function has returned before it, it decides how all ended. */
  leave(said: InnerCall): void
  firstOutput(): void
  rateLimited(): void
  retried(reason: string): void
  response(details: LlmResponse): void
  describe(details: LlmEndpointDetails): void
}

/** What one inner call adds; several add up. What the outer layer says itself wins. */
export interface InnerCall {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
  readonly usage: LlmUsage | undefined
  readonly outputBytes: number | undefined
  readonly toolCalls: number | undefined
}

/** What a response says of itself, beside its usage. */
export interface LlmResponse {
  readonly model?: string | undefined
  readonly serviceTier?: string | undefined
  /** Milliseconds that the provider says it took (K12). */
  readonly latencyMs?: number | undefined
}

/** Where a call went. */
export interface LlmEndpointDetails {
  readonly provider?: string | undefined
  readonly operation?: string | undefined
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
}
