import { createTimeline, STEP_MS, type Timeline } from './timeline.js'

/** Where a recorder takes its time from. Durations come from the monotonic side only. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number
  /** Milliseconds since the Unix epoch; keeps pace with the monotonic side but for corrections of the wall clock. */
  unixMs(): number
}

/** A recorder's clock: it never throws, its monotonic side never goes back, and it dates moments of that side. */
export interface RecorderClock extends Clock, Timeline {}

/** Makes a recorder's clock of any clock, whatever that one returns or throws. */
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

/** A clock's reading; NaN when it throws or returns no finite number. */
function ask(read: () => unknown): number {
  try {
    const now = read()
    return typeof now === 'number' && Number.isFinite(now) ? now : Number.NaN
  } catch {
    return Number.NaN
  }
}

/**
 * The system's clock: the wall clock read once and carried on by the monotonic one, so that small corrections never
 * make time go back; read again when the two have come apart by ten seconds.
 */
export function createSystemClock(): Clock {
  // Cloudflare's workers have no time until their first request: both clocks stand at 0. What is recorded before it
  // counts as recorded then, not in 1970.
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
