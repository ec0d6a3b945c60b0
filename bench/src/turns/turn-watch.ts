import { closeSync, openSync, readSync } from 'node:fs'
import { PerformanceObserver } from 'node:perf_hooks'

/** One turn of the event loop that was longer than the others: how long, and what of it was not the turn's own work. */
export interface LongTurn {
  readonly ms: number
  /** The collector of garbage had the thread. */
  readonly gcMs: number
  /** The thread could have run and another program had the core (Linux; 0 elsewhere). */
  readonly stolenMs: number
}

export interface WatchedTurns {
  readonly totalMs: number
  readonly turns: number
  /** The longest as the clock saw it, other programs' time in it. */
  readonly longestMs: number
  /** The one that this process held longest, collections of garbage in it. */
  readonly longest: LongTurn
  /** The longest when collections of garbage are taken off each turn too. */
  readonly longestOwnMs: number
  readonly gcMs: number
}

interface Span {
  readonly from: number
  readonly to: number
  readonly stolenMs: number
}

/** Turns shorter than this are of no interest, and not kept. */
const LEAST_MS = 0.5

/**
 * Watches the event loop from within, by a chain of immediates of which each is in a turn of its own, while a promise is
 * being kept; collections of garbage come from the runtime, waiting for a core from the kernel's account of the thread.
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
    // The look itself is no turn's work.
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
  // The observer is told of a collection in a later turn.
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

/** How long the main thread has waited for a core in all: the second number of `schedstat`, in nanoseconds. */
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
