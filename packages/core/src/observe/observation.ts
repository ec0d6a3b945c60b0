import type { ErrorDescription } from './describe-error.js'
import type { LlmUsage } from './llm-usage.js'

/** How a model call ended: `aborted` by its own signal, `abandoned` by a consumer that stopped reading, `unread` by one that never began. */
export type LlmOutcome = 'complete' | 'failed' | 'aborted' | 'abandoned' | 'unread'

/** One model call that ended: an operation, whatever attempts it took (T2, T26). */
export interface LlmCallObservation {
  readonly model: string
  readonly endpoint: string
  readonly provider: string
  readonly operation: string
  /** The agent or workflow that ran. */
  readonly name: string | undefined
  readonly responseModel: string | undefined
  readonly serverAddress: string | undefined
  readonly serverPort: number | undefined
  readonly serviceTier: string | undefined
  readonly feature: string | undefined
  readonly streamed: boolean
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
  readonly durationMs: number
  readonly firstOutputMs: number | undefined
  readonly firstChunkMs: number | undefined
  /** What the provider says it took; wall clock where it says nothing, never 0 for it (T31). */
  readonly providerLatencyMs: number | undefined
  readonly usage: LlmUsage | undefined
  /** Usage was said, and no counts were in it. */
  readonly usageUnreadable: boolean
  readonly outputBytes: number | undefined
  readonly costDollars: number | undefined
  readonly priceUnknown: boolean
  readonly messageCount: number | undefined
  readonly toolCount: number | undefined
}

/** One tool call that ended. */
export interface ToolCallObservation {
  readonly tool: string
  readonly durationMs: number
  /** Undefined when the tool did not fail. */
  readonly errorType: string | undefined
}

/** One request that the application answered, or that a client gave up on (499). */
export interface RequestObservation {
  /** Route template, `unmatched` when there is none (T8). */
  readonly endpoint: string
  readonly method: string
  readonly statusCode: number
  readonly durationMs: number
}

/** A file that came or was stored. */
export interface FileObservation {
  readonly sizeBytes: number
  readonly contentType: string | undefined
  readonly category: 'uploads' | 'generated' | 'other' | undefined
  readonly fileCount: number | undefined
}
