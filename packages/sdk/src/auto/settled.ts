/** How long nothing may have been loaded, while the event loop was free, for the application to count as loaded. */
const QUIET_TICKS = 8
const TICK_MS = 25
/** An application that goes on loading for so long is taken as it is. */
const MOST_MS = 5000

/**
 * Calls back once: when the application has loaded its modules, or when the process is about to end before.
 * @param activity another number whenever a module was loaded; 0 until the application's main file is
 */
export function whenSettled(activity: () => number, then: (reason: 'loaded' | 'ending') => void): void {
  const startedAt = performance.now()
  let last = activity()
  let quietTicks = 0
  const finish = (reason: 'loaded' | 'ending'): void => {
    clearInterval(timer)
    process.off('beforeExit', onEnd)
    then(reason)
  }
  const onEnd = (): void => finish('ending')
  const timer = setInterval(() => {
    const now = activity()
    // Ticks are counted, not time: a synchronous `require` of a second leaves no quiet behind it.
    quietTicks = now === last ? quietTicks + 1 : 0
    last = now
    const isQuiet = now > 0 && quietTicks >= QUIET_TICKS
    if (isQuiet || performance.now() - startedAt > MOST_MS) finish('loaded')
  }, TICK_MS)
  timer.unref()
  process.once('beforeExit', onEnd)
}
