/** Dates moments of the monotonic clock, for exporters. */
export interface Timeline {
  /**
   * When a moment of the monotonic clock was, in milliseconds since the Unix epoch. The same moment always gets the same
   * date, and a later moment never an earlier one, unless the wall clock was set back by more than a day.
   */
  toUnixMs(monotonicMs: number): number
}

/** From one moment on, the wall clock is this far ahead of the monotonic one. */
interface Segment {
  readonly fromMs: number
  /** The date at that moment as the segment before has it: no later date is earlier. */
  readonly fromUnixMs: number
  readonly offsetMs: number
}

/** A larger difference means that the wall clock was set, not slewed: NTP corrects smaller errors gradually. */
export const STEP_MS = 10_000
/** While the wall clock catches up after it was set back, dates advance this fast. */
const HELD_SPEED = 1 / 100
/** Set back by more than this, the wall clock was wrong before: everything is dated anew. */
const MAX_HELD_MS = 24 * 60 * 60 * 1000
const MAX_SEGMENTS = 100

/**
 * The offset between both clocks is read once and kept: read for each export, it would differ by microseconds, and a
 * start that moves is a new series to most receivers. When the wall clock was set forward, later moments follow it. When it
 * was set back, dates advance slowly until it has caught up: receivers reject what is older than what they have.
 */
export function createTimeline(clock: { monotonicMs(): number; unixMs(): number }): Timeline {
  let segments: readonly Segment[] = []
  let readAtMs = Number.NEGATIVE_INFINITY

  const dateOf = (monotonicMs: number): number => {
    let found = segments.at(-1)
    for (let i = segments.length - 2; found !== undefined && monotonicMs < found.fromMs && i >= 0; i--)
      found = segments[i]
    if (found === undefined) return monotonicMs
    const { fromMs, fromUnixMs, offsetMs } = found
    return Math.max(offsetMs + monotonicMs, fromUnixMs + (monotonicMs - fromMs) * HELD_SPEED)
  }

  function readClocks(): void {
    const nowMs = clock.monotonicMs()
    if (nowMs <= readAtMs) return
    readAtMs = nowMs
    const unixMs = clock.unixMs()
    // Some hosts have no wall clock before their first request: it stands at 0.
    if (unixMs === 0) return
    const offsetMs = unixMs - nowMs
    const last = segments.at(-1)
    if (last !== undefined && Math.abs(offsetMs - last.offsetMs) <= STEP_MS) return
    const fromUnixMs = dateOf(nowMs)
    const isDatedAnew = last === undefined || fromUnixMs - unixMs > MAX_HELD_MS
    segments = isDatedAnew
      ? [{ fromMs: nowMs, fromUnixMs: Number.NEGATIVE_INFINITY, offsetMs }]
      : [...segments, { fromMs: nowMs, fromUnixMs, offsetMs }].slice(-MAX_SEGMENTS)
  }
  readClocks()

  return {
    toUnixMs(monotonicMs) {
      // Moments of the past were dated by what was known then.
      if (monotonicMs > readAtMs) readClocks()
      return dateOf(monotonicMs)
    },
  }
}
