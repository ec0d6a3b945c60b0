import { closeSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

/** A long turn of the event loop: its duration, and the parts that were not its own work. */
export interface LongTurn {
  readonly ms: number
  /** Time of garbage collections. */
  readonly gcMs: number
  /** Time for which the thread was ready but another program used the core (Linux; 0 elsewhere). */
  readonly stolenMs: number
}

export interface WatchedTurns {
  readonly totalMs: number
  readonly turns: number
  /** The longest turn by the clock, including time of other programs. */
  readonly longestMs: number
  /** The longest turn without time of other programs, including garbage collections. */
  readonly longest: LongTurn
  /** The longest turn without garbage collections and time of other programs. */
  readonly longestOwnMs: number
  readonly gcMs: number
}

interface Span {
  readonly from: number
  readonly to: number
  readonly stolenMs: number
}

/** Shorter turns are ignored. */
const LEAST_MS = 0.5

/**
 * Measures the turns of the event loop until a promise settles, with a chain of immediates, one per turn. The runtime
 * reports garbage collections; the kernel reports the thread's waiting time for a core.
 */
export async function watchLongTurns(work: () => Promise<unknown>): Promise<WatchedTurns> {
  const collections: { readonly from: number; readonly to: number }[] = []
  const observer = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      collections.push({ from: startTime, to: startTime + duration })
  })
  observer.observe({ entryTypes: ['gc'] })
  const waited = openWaiting()
  const spans: Span[] = []
  let turns = 0
  let running = true
  let last = performance.now()
  let waitedLast = waited.ms()
  const look = (): void => {
    if (!running) return
    const now = performance.now()
    const waitedNow = waited.ms()
    turns++
    if (now - last > LEAST_MS) spans.push({ from: last, to: now, stolenMs: waitedNow - waitedLast })
    // Excludes the time of the measurement itself.
    last = performance.now()
    waitedLast = waitedNow
    setImmediate(look)
  }
  setImmediate(look)
  await new Promise((resolve) => setImmediate(resolve))
  const from = performance.now()
  spans.length = 0
  turns = 0
  last = from
  await work()
  const to = performance.now()
  look()
  running = false
  waited.close()
  // The observer receives a collection in a later turn.
  await new Promise((resolve) => setTimeout(resolve, 20))
  observer.disconnect()
  const long = spans.map(
    (span): LongTurn => ({ ms: span.to - span.from, gcMs: overlap(span, collections), stolenMs: span.stolenMs }),
  )
  const held = ({ ms, stolenMs }: LongTurn): number => ms - stolenMs
  const longest = long.reduce((a, b) => (held(b) > held(a) ? b : a), { ms: 0, gcMs: 0, stolenMs: 0 })
  return {
    totalMs: to - from,
    turns,
    longestMs: Math.max(0, ...long.map(({ ms }) => ms)),
    longest,
    longestOwnMs: Math.max(0, ...long.map(({ ms, gcMs, stolenMs }) => ms - gcMs - stolenMs)),
    gcMs: overlap({ from, to }, collections),
  }
}

function overlap(
  span: { readonly from: number; readonly to: number },
  others: readonly { readonly from: number; readonly to: number }[],
): number {
  return others.reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0)
}

/** Total waiting time of the main thread for a core: the second number of `schedstat`, in nanoseconds. */
function openWaiting(): { ms(): number; close(): void } {
  const bytes = Buffer.alloc(64)
  let file: number
  try {
    file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r')
  } catch {
    return { ms: () => 0, close: () => undefined }
  }
  return {
    ms() {
      const length = readSync(file, bytes, 0, bytes.length, 0)
      let value = 0
      for (let i = bytes.indexOf(0x20) + 1; i < length && bytes[i] !== 0x20; i++)
        value = value * 10 + (bytes[i] ?? 0) - 0x30
      return value / 1e6
    },
    close: () => closeSync(file),
  }
}
