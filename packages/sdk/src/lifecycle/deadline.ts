/** Taken when this module loads: a test that fakes timers later would hold up `flush()` and `shutdown()`. */
const { setTimeout, clearTimeout } = globalThis

/**
 * Waits for work, but no longer than so many milliseconds.
 * @returns whether the work was done in time; never rejects, and leaves no timer
 */
export async function withinDeadline(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  // Keeps the process alive while it runs: what is waited for does not.
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
