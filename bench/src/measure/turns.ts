/** The longest that the event loop was held while a promise was being kept, and how long that took in all. */
export interface Turns {
  readonly totalMs: number
  readonly longestMs: number
}

/** Watches the event loop from within: a chain of immediates, one a turn. The longest gap is the longest turn. */
export async function watchTurns(work: () => Promise<unknown>): Promise<Turns> {
  let running = true
  let longestMs = 0
  let last = performance.now()
  const look = (): void => {
    const now = performance.now()
    if (now - last > longestMs) longestMs = now - last
    last = now
    if (running) setImmediate(look)
  }
  setImmediate(look)
  await new Promise((resolve) => setImmediate(resolve))
  const from = performance.now()
  longestMs = 0
  last = from
  await work()
  const totalMs = performance.now() - from
  // Work in one block ends before the chain has a turn to see it.
  look()
  running = false
  return { totalMs, longestMs }
}
