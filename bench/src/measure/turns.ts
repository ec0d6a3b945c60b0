/** The longest time for which the event loop was blocked until a promise settled, and the total time. */
export interface Turns {
  readonly totalMs: number
  readonly longestMs: number
}

/** Measures turns of the event loop with a chain of immediates, one per turn. The longest gap is the longest turn. */
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
  // Synchronous work ends before the next immediate of the chain.
  look()
  running = false
  return { totalMs, longestMs }
}
