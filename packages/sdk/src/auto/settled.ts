import { unref } from '@quipu/core'
import type { ModuleWatch } from './watch-modules.js'

/**
 * For so many ticks nothing may have been loaded, while the event loop was free: few once the main file has run, which may
 * go on to load more; many before, as in a server that awaits its own end there.
 */
const QUIET_TICKS = 4
const QUIET_TICKS_BEFORE_THE_END = 40
const TICK_MS = 25
/** An application that goes on loading for so long is taken as it is. */
const MOST_MS = 5000

/**
 * Calls back once: when the application has loaded its modules, or when the process is about to end before.
 */
export function whenSettled(
  { activity, isEvaluated }: Pick<ModuleWatch, 'activity' | 'isEvaluated'>,
  then: (reason: 'loaded' | 'ending') => void,
): void {
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
    const enough = isEvaluated() ? QUIET_TICKS : QUIET_TICKS_BEFORE_THE_END
    const isQuiet = now > 0 && quietTicks >= enough
    if (isQuiet || performance.now() - startedAt > MOST_MS) finish('loaded')
  }, TICK_MS)
  unref(timer)
  process.once('beforeExit', onEnd)
}
