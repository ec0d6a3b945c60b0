import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 50

/**
 * Repeats `attempt` until it returns a value other than undefined. After `timeoutMs` it rejects with the text of
 * `describeFailure`. An attempt that throws counts as one without a value.
 */
export async function waitUntil<T>(
  attempt: () => Promise<T | undefined>,
  timeoutMs: number,
  describeFailure: () => string,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let lastError = ''
  for (;;) {
    try {
      const value = await attempt()
      if (value !== undefined) return value
      lastError = ''
    } catch (error) {
      if (error instanceof StopWaiting) throw error
      lastError = ` (last error: ${error})`
    }
    if (performance.now() > deadline) {
      throw new Error(`still waiting after ${timeoutMs} ms: ${describeFailure()}${lastError}`)
    }
    await delay(POLL_MS)
  }
}

/** Thrown by an attempt to stop waiting at once, because no later attempt can succeed. */
export class StopWaiting extends Error {
  override name = 'StopWaiting'
}
