/** The error of work that exceeded its time limit. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Rejects with `TimedOut` when a promise has not settled within `timeoutMs` milliseconds. The work continues, but its
 * result is ignored and its failure causes no unhandled rejection.
 */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(`not done after ${timeoutMs} ms`)), timeoutMs)
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Shares work between callers that ask for it at the same time, as promhttp's coalesced gathers do. A new caller joins
 * the work in progress, unless that has been running for longer than the caller's time limit: then it hangs, and new
 * work starts.
 */
export function coalesce<T>(work: (timeoutMs: number) => Promise<T>): (timeoutMs: number) => Promise<T> {
  let running: { readonly result: Promise<T>; readonly since: number } | undefined
  return (timeoutMs) => {
    if (running === undefined || performance.now() - running.since >= timeoutMs) {
      const started = { result: Promise.resolve(timeoutMs).then(work), since: performance.now() }
      const done = (): void => {
        if (running === started) running = undefined
      }
      started.result.then(done, done)
      running = started
    }
    return withTimeout(running.result, timeoutMs)
  }
}
