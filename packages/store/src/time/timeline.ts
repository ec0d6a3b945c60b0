/** Converts times of the monotonic clock to dates, for exporters. */
export interface Timeline {
  /**
   * Returns the date of a monotonic time in milliseconds since the Unix epoch. The same time always has the same date,
   * and a later time never an earlier date, unless the wall clock was set back by more than a day.
   */
  toUnixMs(monotonicMs: number): number
}

/** From this time on, the offset of the wall clock from the monotonic clock. */
interface Segment {
  readonly fromMs: number
  /** The date of that time in the previous segment, which is the minimum for later dates. */
  readonly fromUnixMs: number
  readonly offsetMs: number
}

/** A larger difference means that the wall clock was set, not slewed: NTP corrects smaller errors gradually. */
export const STEP_MS = 10_000
/** Speed of dates while the wall clock catches up after it was set back. */
const HELD_SPEED = 1 / 100
/** If set back by more than this, the wall clock was wrong before, and all dates are based on the new one. */
const MAX_HELD_MS = 24 * 60 * 60 * 1000
const MAX_SEGMENTS = 100

/**
 * The offset between both clocks is read once and kept. Read for each export, it would differ by microseconds, and a
 * start that moves is a new series for most receivers. After the wall clock was set forward, later times follow it.
 * After it was set back, dates advance slowly until it has caught up, because receivers reject data older than those
 * they have.
 */
export function createTimeline(clock: { monotonicMs(): number; unixMs(): number }): Timeline {
  let segments: readonly Segment[] = []
  let readAtMs = Number.NEGATIVE_INFINITY

  // Without a wall clock there is no segment yet, although the monotonic clock may already stand at its first time.
  const isDated = (): boolean => segments.length > 0
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
    if (isDated() && nowMs <= readAtMs) return
    readAtMs = nowMs
    const unixMs = clock.unixMs()
    // Some hosts have no wall clock before their first request: it is 0.
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
      // Earlier times keep the dates that they had.
      if (!isDated() || monotonicMs > readAtMs) readClocks()
      return dateOf(monotonicMs)
    },
  }
}
