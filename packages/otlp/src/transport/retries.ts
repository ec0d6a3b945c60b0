import { unref } from '@quipu/store'
import { toError } from '../to-error.js'
import { retryDelayMs } from './retry-delay.js'
import type { Attempt, SendResult } from './transport.js'

/** Sends requests, with retries, until they are taken or refused, or time is up. */
export interface Retries {
  /** Never rejects. */
  run(attempt: (timeoutMs: number, signal: AbortSignal) => Promise<Attempt>): Promise<SendResult>
  /** Requests that wait for a retry are sent at once, and none waits from now on. */
  hurry(): void
  /** Gives up the requests that are under way and those still to come. */
  abort(): void
}

const MAX_RETRIES = 5

/** @param timeoutMs for one request, its retries included, in milliseconds */
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
      if (aborter.signal.aborted) return { outcome: 'unavailable', error: new Error('given up at shutdown') }
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
