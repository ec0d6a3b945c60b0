import { describeError, type LlmCall } from '@quipu/core'

/** What is known of one attempt's answer. */
export interface AttemptResponse {
  readonly status: number
  readonly header: (name: string) => string | null
}

/**
 * Counts the attempts of one model call as its client makes them: each after the first is a retry, with the reason that the
 * one before it gave. Rate limits are held back until the call is over, since an exhausted quota looks like one (T15).
 */
export interface Attempts {
  begin(): void
  answered(response: AttemptResponse): void
  failed(error: unknown): void
  /** The call is over: says the rate limits there were, unless its error says that they were none. */
  settle(error?: unknown): void
}

export function countAttempts(call: LlmCall, onHeaders: (response: AttemptResponse) => void): Attempts {
  let reason: string | undefined
  let limited = 0
  return {
    begin() {
      if (reason !== undefined) call.retried(reason)
      reason = 'unknown'
    },
    answered(response) {
      // A client that tries again after a good status had no time left for the body.
      reason = response.status < 400 ? 'timeout' : describeError({ status: response.status }).llmType
      if (response.status === 429) limited++
      onHeaders(response)
    },
    failed(error) {
      const { llmType } = describeError(error)
      // A client that tries again was not told to stop: it was its own time limit that ended the attempt.
      reason = llmType === 'cancelled' ? 'timeout' : llmType
    },
    settle(error) {
      if (error === undefined || describeError(error).llmType !== 'quota_exceeded') {
        for (let i = 0; i < limited; i++) call.rateLimited()
      }
      limited = 0
    },
  }
}
