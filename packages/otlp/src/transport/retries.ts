import { unref } from '@quipu/store'
import { toError } from '../to-error.js'
import { retryDelayMs } from './retry-delay.js'
import type { Attempt, SendResult } from './transport.js'

/** Sends requests, with retries, until they are accepted or rejected, or the time limit is reached. */
export interface Retries {
  /** Never rejects. */
  run(attempt: (timeoutMs: number, signal: AbortSignal) => Promise<Attempt>): Promise<SendResult>
  /** Sends requests that wait for a retry at once, and no request waits from now on. */
  hurry(): void
  /** Cancels the requests in progress and later ones. */
  abort(): void
}

const MAX_RETRIES = 5

/** @param timeoutMs maximum milliseconds of one request, its retries included */
export function createRetries(timeoutMs: number, onRetry: () => void): Retries {
  const aborter = new AbortController()
  const sleepers = new Set<() => void>()
  let isHurried = false

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, ms)
      unref(timer)
      sleepers.add(wake)
    })
  }

  async function run(attempt: Parameters<Retries['run']>[0]): Promise<SendResult> {
    const deadline = performance.now() + timeoutMs
    for (let retry = 0; ; retry++) {
      if (aborter.signal.aborted) return { outcome: 'unavailable', error: new Error('cancelled at shutdown') }
      const left = deadline - performance.now()
      const result = await attempt(Math.max(1, Math.round(left)), aborter.signal)
      if (result.outcome !== 'unavailable') return result
      const delay = result.retryAfterMs ?? retryDelayMs(retry)
      const isLast = retry >= MAX_RETRIES || (isHurried && delay > 0) || delay >= deadline - performance.now()
      if (isLast || aborter.signal.aborted) return { outcome: 'unavailable', error: result.error }
      onRetry()
      await pause(delay)
    }
  }

  function hurry(): void {
    isHurried = true
    for (const wake of sleepers) wake()
  }

  return {
    run: (attempt) => run(attempt).catch((error: unknown) => ({ outcome: 'refused', error: toError(error) })),
    hurry,
    abort() {
      aborter.abort()
      hurry()
    },
  }
}
