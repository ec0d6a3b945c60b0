import type { ErrorDescription } from './describe-error.js'
import type { LlmCallOptions, LlmEndpointDetails, LlmResponse } from './llm-call.js'
import type { LlmAmounts } from './llm-tally.js'
import type { LlmOutcome } from './observation.js'
import type { Recording } from './recording.js'

/** What a call within another (an instrumented client, a helper of the application's) tells the one it is a part of. */
export interface LlmCallScope {
  /** Whose it is; a layer of another recorder counts for itself. */
  readonly owner: Recording
  open: boolean
  /** Its operation as it was said when it began, not as an inner call filled it in. */
  readonly operation: string | undefined
  /** An inner call begins. What it knows of itself fills in what the outer layer did not say. */
  enter(options: LlmCallOptions): void
  /** An inner call is over; when the outer layer's function has returned before it, it decides how all ended. */
  leave(call: InnerCall): void
  firstOutput(atMs: number): void
  /** A stream brought its first piece. */
  firstChunk(atMs: number): void
  retried(reason: string): void
  response(details: LlmResponse): void
  describe(details: LlmEndpointDetails): void
}

/** An inner call that ended. */
export interface InnerCall extends LlmAmounts {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
}

/** Operations that are made of model calls and are none themselves: what is within them counts beside them. */
const AROUND_CALLS: ReadonlySet<string | undefined> = new Set([
  'create_agent',
  'invoke_agent',
  'invoke_workflow',
  'plan',
  'execute_tool',
])

/** Whether an operation, by OpenTelemetry's name for it, is an agent's or the like, and no model call itself. */
export function isAroundCalls(operation: string | undefined): boolean {
  return AROUND_CALLS.has(operation)
}

/**
 * The call that one is a part of: the open one around it, of the same recorder and the same operation. Where one of the
 * two does not say its operation, they are the same.
 */
export function callAround(
  around: LlmCallScope | undefined,
  owner: Recording,
  operation: string | undefined,
): LlmCallScope | undefined {
  if (around === undefined || !around.open || around.owner !== owner) return undefined
  if (isAroundCalls(around.operation) || isAroundCalls(operation)) return undefined
  const isSame = around.operation === undefined || operation === undefined || around.operation === operation
  return isSame ? around : undefined
}
