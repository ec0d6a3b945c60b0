import type { LlmUsage } from './llm-usage.js'

/** What an inner layer (an instrumented client) may tell the model call that an outer layer has open. */
export interface LlmCallScope {
  /** Who opened it; a layer of another recorder counts for itself. */
  readonly owner: object
  readonly open: boolean
  /** Usage of one inner call; several add up. */
  addUsage(usage: LlmUsage): void
  addOutputBytes(bytes: number): void
  firstOutput(): void
  toolCalls(count: number): void
  rateLimited(): void
  retried(reason: string): void
  response(details: LlmResponse): void
  describe(details: LlmEndpointDetails): void
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
