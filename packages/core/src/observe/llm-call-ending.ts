import type { ErrorDescription } from './describe-error.js'
import type { InnerCall } from './llm-call-scope.js'
import type { LlmOutcome } from './observation.js'

/** How a model call ended. */
export interface Ending {
  readonly outcome: LlmOutcome
  readonly error: ErrorDescription | undefined
}

/** Returns the ending of a call that threw. One that its own signal stopped did not fail. */
export function endingOf(described: ErrorDescription, inner: InnerCall | undefined): Ending {
  if (described.type === 'cancelled') return { outcome: 'aborted', error: undefined }
  // A client that wraps an error may drop its cause.
  if (inner === undefined || (described.type !== 'unknown' && described.type !== 'connection')) {
    return { outcome: 'failed', error: described }
  }
  if (inner.outcome === 'aborted') return { outcome: 'aborted', error: undefined }
  const type = inner.error === undefined || inner.error.type === 'unknown' ? described.type : inner.error.type
  return { outcome: 'failed', error: { ...described, type } }
}
