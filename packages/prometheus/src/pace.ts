/** Interrupts long work so that the event loop gets its turns. */
export interface Pace {
  /** Returns whether this slice has used its time. */
  due(): boolean
  /** Waits for a later turn of the event loop, in which a new slice begins. */
  pause(): Promise<void>
}

export interface PaceOptions {
  /** Maximum duration of a slice in milliseconds. Default 1.5, which stays under 5 with a garbage collection. */
  readonly budgetMs?: number
  readonly now?: () => number
  /** Runs a function in a later turn of the event loop. */
  readonly later?: (run: () => void) => void
}

/** One queue per process: of several pages in progress, one gets a slice per turn. */
const waiting: (() => void)[] = []

function release(later: (run: () => void) => void): void {
  const next = waiting.shift()
  if (waiting.length > 0) later(() => release(later))
  next?.()
}

/** Creates slices of a few milliseconds, each in its own turn of the event loop. */
export function createPace({
  budgetMs = 1.5,
  now = () => performance.now(),
  later = laterTurn,
}: PaceOptions = {}): Pace {
  let since = now()
  return {
    due: () => now() - since >= budgetMs,
    pause: () =>
      new Promise((resolve) => {
        waiting.push(() => {
          since = now()
          resolve()
        })
        if (waiting.length === 1) later(() => release(later))
      }),
  }
}

/** Captured when this module loads: a test with fake timers would otherwise stop every page. */
const { setImmediate } = globalThis

/**
 * setImmediate lets input and output proceed first. Without it a message is used, or a timer, which waits 1 to 4 ms.
 */
function laterTurn(run: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(run)
  } else if (typeof MessageChannel === 'function') {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      run()
    }
    port2.postMessage(undefined)
  } else {
    setTimeout(run, 0)
  }
}
