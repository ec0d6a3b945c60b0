import { createTimeline, STEP_MS, type Timeline } from './timeline.js'

/** A recorder's source of time. Durations are measured on the monotonic clock only. */
export interface Clock {
  /** Milliseconds since a fixed moment; never decreases. */
  monotonicMs(): number
  /** Milliseconds since the Unix epoch; advances like the monotonic clock, except for corrections of the wall clock. */
  unixMs(): number
}

/**
 * A recorder's clock: it never throws, its monotonic clock never decreases, and it converts monotonic times to dates.
 */
export interface RecorderClock extends Clock, Timeline {}

/** Creates a recorder's clock from any clock, which may return or throw anything. */
export function createSafeClock(clock: Clock): RecorderClock {
  let monotonic = 0
  let unix = 0
  const safe: Clock = {
    monotonicMs() {
      const now = ask(() => clock.monotonicMs())
      if (now > monotonic) monotonic = now
      return monotonic
    },
    unixMs() {
      unix = ask(() => clock.unixMs()) || unix
      return unix
    },
  }
  return { ...safe, ...createTimeline(safe) }
}

/** A clock's reading; NaN if it throws or returns no finite number. */
function ask(read: () => unknown): number {
  try {
    const now = read()
    return typeof now === 'number' && Number.isFinite(now) ? now : Number.NaN
  } catch {
    return Number.NaN
  }
}

/**
 * The system's clock: the wall clock is read once and then advanced by the monotonic clock, so that small corrections
 * never make time decrease. It is read again when the two differ by ten seconds.
 */
export function createSystemClock(): Clock {
  // On Cloudflare Workers both clocks are 0 until the first request. Values from before are dated to that request, not
  // to 1970.
  let isStanding = Date.now() === 0
  let start = 0
  const monotonicMs = (): number => {
    if (isStanding && Date.now() !== 0) {
      isStanding = false
      start = performance.now()
    }
    return performance.now() - start
  }
  let offset = Date.now() - monotonicMs()
  return {
    monotonicMs,
    unixMs() {
      const now = monotonicMs()
      const wall = Date.now()
      if (Math.abs(wall - (offset + now)) > STEP_MS) offset = wall - now
      return offset + now
    },
  }
}
