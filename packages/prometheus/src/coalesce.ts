import { waitAtMost } from '@quipu/store'

/** The error of work that exceeded its time limit. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Shares work between callers that ask for it at the same time, as promhttp's coalesced gathers do. A new caller joins
 * the work in progress, unless that has been running for longer than the caller's time limit: then it hangs, and new
 * work starts. The returned function rejects with `TimedOut` after its time limit in milliseconds; the work continues.
 */
export function coalesce<T>(work: (timeoutMs: number) => Promise<T>): (timeoutMs: number) => Promise<T> {
  let running: { readonly result: Promise<T>; readonly since: number } | undefined
  return async (timeoutMs) => {
    if (running === undefined || performance.now() - running.since >= timeoutMs) {
      const started = { result: Promise.resolve(timeoutMs).then(work), since: performance.now() }
      const done = (): void => {
        if (running === started) running = undefined
      }
      started.result.then(done, done)
      running = started
    }
    const { result } = running
    if (!(await waitAtMost(timeoutMs, result))) throw new TimedOut(`not done after ${timeoutMs} ms`)
    return result
  }
}
