import type { Clock } from '@quipu/core'

/** A clock that only tests move. */
export interface TestClock extends Clock {
  /** Advances monotonic and wall clock, in milliseconds. */
  advanceMs(ms: number): void
  /** Steps the wall clock in milliseconds without advancing time, as an administrator or NTP does. */
  stepWallMs(ms: number): void
}

/**
 * Creates a test clock whose wall clock begins at `startUnixMs`, by default at 2026-01-01T00:00:00Z.
 * Never throws.
 *
 * @param startUnixMs milliseconds since the Unix epoch
 * @example
 * const clock = createTestClock()
 * clock.advanceMs(250)
 */
export function createTestClock(startUnixMs = Date.UTC(2026, 0, 1)): TestClock {
  let monotonic = 0
  let wall = startUnixMs
  return {
    monotonicMs: () => monotonic,
    unixMs: () => wall,
    advanceMs(ms) {
      monotonic += ms
      wall += ms
    },
    stepWallMs(ms) {
      wall += ms
    },
  }
}
