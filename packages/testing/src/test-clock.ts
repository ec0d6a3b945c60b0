import type { Clock } from '@quipu/core'

/** A clock that stands still until it is told to go on. */
export interface TestClock extends Clock {
  /** Lets time pass on both sides. */
  advanceMs(ms: number): void
  /** Sets the wall clock without letting time pass, as an administrator or NTP would. */
  stepWallMs(ms: number): void
}

/** A test clock; its wall clock begins at 2026-01-01T00:00:00Z unless told otherwise. */
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
