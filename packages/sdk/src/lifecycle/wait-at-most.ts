/** Captured when this module loads: a test with fake timers would otherwise block `flush()` and `shutdown()`. */
const { setTimeout, clearTimeout } = globalThis

/**
 * Waits for work, at most `timeoutMs` milliseconds.
 * @returns whether the work finished in time; never rejects, and leaves no timer
 */
export async function waitAtMost(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  // The timer keeps the process alive, because the awaited work does not.
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs)
  })
  const done = work.then(
    () => true,
    () => true,
  )
  const inTime = await Promise.race([done, late])
  clearTimeout(timer)
  return inTime
}
