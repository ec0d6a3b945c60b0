/** Gives the event loop its turn during long work. */
export interface Pace {
  /** Whether this slice has lasted long enough. */
  due(): boolean
  /** Waits for a later turn of the event loop, in which a new slice begins. */
  pause(): Promise<void>
}

export interface PaceOptions {
  /** Milliseconds a slice may last. Default 1.5: with a garbage collection on top it stays under 5. */
  readonly budgetMs?: number
  readonly now?: () => number
  /** Runs a function in a later turn of the event loop. */
  readonly later?: (run: () => void) => void
}

/** One queue for the process: of several pages that are being written, one has a slice in a turn. */
const waiting: (() => void)[] = []

function release(later: (run: () => void) => void): void {
  const next = waiting.shift()
  if (waiting.length > 0) later(() => release(later))
  next?.()
}

/** Slices of a few milliseconds, each in a turn of its own. */
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

/** Taken when this module loads: a test that fakes it later would stop every page. */
const { setImmediate } = globalThis

/** setImmediate lets input and output through first; a message is the next best, a timer waits a millisecond or four. */
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
