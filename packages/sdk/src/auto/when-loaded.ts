import { unref } from '@quipu/core'
import type { ModuleWatch } from './watch-modules.js'
import { type EarlyEnd, whenEnding } from './when-ending.js'

/**
 * Number of ticks without a loaded module after which loading counts as finished. Few after the main file has run,
 * because it may load more modules; many before, as in a server that awaits its own end at top level.
 */
const QUIET_TICKS = 4
const QUIET_TICKS_BEFORE_MAIN_ENDS = 40
const TICK_MS = 25
/** Time limit for loading, after which the application is observed in its current state. */
const MAX_MS = 5000

/** Calls back once, when the application has loaded its modules or when the process ends before that. */
export function whenLoaded(
  { activity, isEvaluated }: Pick<ModuleWatch, 'activity' | 'isEvaluated'>,
  then: (reason: 'loaded' | EarlyEnd) => void,
): void {
  const startedAt = performance.now()
  let last = activity()
  let quietTicks = 0
  const stopWaiting = whenEnding((end) => {
    clearInterval(timer)
    then(end)
  })
  const finish = (): void => {
    clearInterval(timer)
    stopWaiting()
    then('loaded')
  }
  const timer = setInterval(() => {
    const now = activity()
    // Counts ticks, not time: a synchronous `require` of a second causes no quiet tick.
    quietTicks = now === last ? quietTicks + 1 : 0
    last = now
    const enough = isEvaluated() ? QUIET_TICKS : QUIET_TICKS_BEFORE_MAIN_ENDS
    const isQuiet = now > 0 && quietTicks >= enough
    if (isQuiet || performance.now() - startedAt > MAX_MS) finish()
  }, TICK_MS)
  unref(timer)
}
