import type { ErrorDescription } from './describe-error.js'
import type { AgentCalls, LlmCallOptions, LlmEndpointDetails, LlmResponse } from './llm-call.js'
import type { LlmAmounts } from './llm-tally.js'
import type { LlmOutcome } from './observation.js'
import type { Recording } from './recording.js'

/** Interface between an inner call (of an instrumented client or a helper) and the call that it is a part of. */
export interface LlmCallScope {
  /** The recording of the call; a layer of another recorder is recorded separately. */
  readonly owner: Recording
  open: boolean
  /** The operation given at the start, without the additions of inner calls. */
  readonly operation: string | undefined
  /** Starts an inner call. Its details fill in those that the outer layer lacks. */
  enter(options: LlmCallOptions): void
  /** Ends an inner call. If the outer layer's function has already returned, the inner call decides the outcome. */
  leave(call: InnerCall): void
  firstOutput(atMs: number): void
  /** The first piece of a stream arrived. */
  firstChunk(atMs: number): void
  retried(reason: string): void
  response(details: LlmResponse): void
  /** Adds details of an inner call, which only fill in missing ones. */
  fillIn(details: LlmEndpointDetails): void
}

/** The run of an agent, which counts the calls that start within it. A run within another one counts its own. */
export interface AgentScope {
  readonly owner: Recording
  addAgentCall(kind: keyof AgentCalls): void
}

/** An inner call that ended. */
export interface InnerCall extends LlmAmounts {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
}

/** Operations that contain model calls but are not model calls themselves. Their model calls are counted separately. */
const AROUND_CALLS: ReadonlySet<string | undefined> = new Set([
  'create_agent',
  'invoke_agent',
  'invoke_workflow',
  'plan',
  'execute_tool',
])

/** Returns whether an operation, by OpenTelemetry's name, contains model calls, like that of an agent. */
export function isAroundCalls(operation: string | undefined): boolean {
  return AROUND_CALLS.has(operation)
}

/**
 * Returns the open outer call of the same recorder and operation, which an inner call is a part of. If one of the two
 * has no operation, they count as the same.
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
