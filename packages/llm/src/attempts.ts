import { classifyError, describeError, type LlmCall, type LlmErrorType } from '@quipu/core'

/** What is known of one attempt's answer. */
export interface AttemptResponse {
  readonly status: number
  readonly header: (name: string) => string | null
}

/**
 * Counts the attempts of one model call as its client makes them: each after the first is a retry, with the reason that the
 * one before it gave.
 */
export interface Attempts {
  begin(): void
  answered(response: AttemptResponse): void
  failed(error: unknown): void
  /** Why the last attempt failed that had no answer. */
  readonly failure: LlmErrorType | undefined
}

export function countAttempts(call: LlmCall, onHeaders: (response: AttemptResponse) => void): Attempts {
  let reason: LlmErrorType | undefined
  let failure: LlmErrorType | undefined
  return {
    get failure() {
      return failure
    },
    begin() {
      if (reason !== undefined) call.retried(reason)
      reason = 'unknown'
      failure = undefined
    },
    answered(response) {
      // A client that tries again after a good status had no time left for the body.
      reason = response.status < 400 ? 'timeout' : classifyError({ status: response.status })
      onHeaders(response)
    },
    failed(error) {
      const { type } = describeError(error)
      // A client that tries again was not told to stop: it was its own time limit that ended the attempt.
      failure = type === 'cancelled' ? 'timeout' : type
      reason = failure
    },
  }
}
