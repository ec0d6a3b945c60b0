/** Where a recorder takes its time from. Durations come from the monotonic side only. */
export interface Clock {
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number
  /** Milliseconds since the Unix epoch; keeps pace with the monotonic side but for corrections of the wall clock. */
  unixMs(): number
}

/** Beyond this the wall clock was set, not slewed: NTP corrects smaller errors by degrees. */
const STEP_MS = 10_000

/**
 * The system's clock: the wall clock read once and carried on by the monotonic one, so that small corrections never
 * make time go back; read again when the two have come apart by ten seconds.
 */
export function createSystemClock(): Clock {
  const monotonicMs = (): number => performance.now()
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
