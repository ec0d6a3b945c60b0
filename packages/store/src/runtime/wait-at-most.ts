/** Captured when this module loads: a test with fake timers would otherwise block `flush()` and `shutdown()`. */
const { setTimeout, clearTimeout } = globalThis

/**
 * Waits for work, at most `timeoutMs` milliseconds. Late work continues, and its failure is no unhandled rejection.
 * @returns whether the work ended in time, also by a failure; never rejects, and leaves no timer
 * @example
 * const isInTime = await waitAtMost(2000, flush())
 */
export async function waitAtMost(timeoutMs: number, work: PromiseLike<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  // The timer keeps the process alive, because the awaited work does not.
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const done = Promise.resolve(work).then(
    () => true,
    () => true,
  )
  const inTime = await Promise.race([done, late])
  clearTimeout(timer)
  return inTime
}
