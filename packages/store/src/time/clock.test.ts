import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSafeClock, createSystemClock } from './clock.js'

describe('the system’s clock', () => {
  afterEach(() => vi.restoreAllMocks())
  const now = (monotonic: number, wall: number) => {
    vi.spyOn(performance, 'now').mockReturnValue(monotonic)
    vi.spyOn(Date, 'now').mockReturnValue(wall)
  }

  it('advances the wall clock by the monotonic one, so that small corrections never set it back', () => {
    now(1000, 5_000_000)
    const clock = createSystemClock()
    now(2000, 5_000_500)
    expect([clock.monotonicMs(), clock.unixMs()]).toEqual([2000, 5_001_000])
  })

  it('follows the wall clock when it was set', () => {
    now(1000, 5_000_000)
    const clock = createSystemClock()
    now(2000, 9_000_000)
    expect(clock.unixMs()).toBe(9_000_000)
    now(3000, 1_000_000)
    expect(clock.unixMs()).toBe(1_000_000)
  })
})

describe('an application’s clock', () => {
  it('never decreases for any readings', () => {
    // The first is read when the clock is created.
    const times = [1, 5, 7, 3, Number.NaN, Number.POSITIVE_INFINITY, 9n, '10', undefined, 8]
    const clock = createSafeClock({ monotonicMs: () => times.shift() as number, unixMs: () => 0 })
    expect(Array.from({ length: 9 }, () => clock.monotonicMs())).toEqual([5, 7, 7, 7, 7, 7, 7, 7, 8])
  })

  it('stops while it throws, and its wall clock may be set back', () => {
    const walls: (() => number)[] = [
      // Read when the clock is created.
      () => 90,
      () => 100,
      () => {
        throw new Error('clock')
      },
      () => 50,
      () => Number.NaN,
    ]
    const clock = createSafeClock({
      monotonicMs: () => {
        throw new Error('clock')
      },
      unixMs: () => walls.shift()?.() ?? 0,
    })
    expect([clock.monotonicMs(), clock.unixMs(), clock.unixMs(), clock.unixMs(), clock.unixMs()]).toEqual([
      0, 100, 100, 50, 50,
    ])
  })
})
