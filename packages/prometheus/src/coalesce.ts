/** Work that took longer than it was given. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut'
}

/**
 * Rejects with `TimedOut` when a promise has not settled after so many milliseconds. The work goes on; its result is then
 * nobody's, and its failure no unhandled rejection.
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
 * Work that those share who ask for it at the same time, as promhttp's coalesced gathers do. Who comes while it runs
 * joins it, unless it has been running for longer than the newcomer would wait: then it hangs, and a new one begins.
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
