import type { LlmCall } from '@quipu/core'
import type { AnswerReader } from '../stainless/follow-promise.js'

/** One of the client's methods that call a model. */
export interface Endpoint {
  /** Where its resource is on the client: `['chat', 'completions']`. */
  readonly path: readonly string[]
  /** OpenTelemetry's name of the operation. */
  readonly operation: string
  /** How many messages the request has (A18). */
  readonly messageCount: (body: unknown) => number | undefined
  /** Whether `stream_options.include_usage` is a thing here. */
  readonly hasStreamUsage: boolean
  readonly read: (call: LlmCall, body: unknown) => AnswerReader
}
