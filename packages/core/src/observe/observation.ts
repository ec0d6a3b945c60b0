import type { ErrorDescription } from './describe-error.js'
import type { AgentCalls } from './llm-call.js'
import type { LlmCost } from './llm-cost.js'
import type { LlmUsage } from './llm-usage.js'

/**
 * Outcome of a model call: `aborted` by its own signal, `abandoned` by a consumer that stopped reading, `unread` by one
 * that never started.
 */
export type LlmOutcome = 'complete' | 'failed' | 'aborted' | 'abandoned' | 'unread'

/** A finished model call: one operation with all its attempts. */
export interface LlmCallObservation {
  readonly model: string
  readonly endpoint: string
  readonly provider: string
  readonly operation: string
  /** The agent or workflow. */
  readonly name: string | undefined
  readonly responseModel: string | undefined
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  readonly serviceTier: string | undefined
  readonly feature: string | undefined
  readonly streamed: boolean
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
  /** Undefined for a call of a batch. */
  readonly durationMs: number | undefined
  readonly firstOutputMs: number | undefined
  readonly firstChunkMs: number | undefined
  /** Duration reported by the provider, otherwise measured by the recorder; never 0 for a missing one. */
  readonly providerLatencyMs: number | undefined
  readonly usage: LlmUsage | undefined
  /** Whether usage was reported without any count. */
  readonly usageUnreadable: boolean
  readonly outputBytes: number | undefined
  readonly cost: LlmCost | undefined
  readonly priceUnknown: boolean
  readonly messageCount: number | undefined
  readonly toolCount: number | undefined
  /** Of an agent's run whose calls were counted. */
  readonly agentCalls: AgentCalls | undefined
}

/** A finished tool call. */
export interface ToolCallObservation {
  readonly tool: string
  readonly durationMs: number
  /** Undefined for a successful call. */
  readonly errorType: string | undefined
}

/** A request that the application answered or its client cancelled (499). */
export interface RequestObservation {
  /** Route template, `unmatched` without one. */
  readonly endpoint: string
  readonly method: string
  readonly statusCode: number
  readonly durationMs: number
}

/** An uploaded or stored file. */
export interface FileObservation {
  readonly sizeBytes: number
  readonly contentType: string | undefined
  readonly category: 'uploads' | 'generated' | 'other' | undefined
  readonly fileCount: number | undefined
}
