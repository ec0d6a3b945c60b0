import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTimeline } from './timeline.js'

const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** A clock whose two sides advance between two reads, like real ones. */
function movingClock(perReadMs = 0.013) {
  const clock = {
    monotonic: 0,
    wall: Date.UTC(2026, 0, 1),
    advance(ms: number) {
      clock.monotonic += ms
      clock.wall += ms
    },
    monotonicMs() {
      clock.advance(perReadMs)
      return clock.monotonic
    },
    unixMs() {
      clock.advance(perReadMs)
      return clock.wall
    },
  }
  return clock
}

describe('a timeline', () => {
  it('always converts a time to the same date, although both clocks advance between two reads', () => {
    const clock = movingClock()
    const timeline = createTimeline(clock)
    const start = clock.monotonicMs()
    const first = timeline.toUnixMs(start)
    for (let i = 0; i < 50; i++) {
      clock.advance(60 * SECOND)
      timeline.toUnixMs(clock.monotonicMs())
      expect(timeline.toUnixMs(start)).toBe(first)
    }
  })

  it('keeps its offset while the wall clock is slewed', () => {
    const clock = movingClock(0)
    const timeline = createTimeline(clock)
    clock.advance(HOUR)
    clock.wall -= 9 * SECOND
    expect(timeline.toUnixMs(clock.monotonic)).toBe(clock.wall + 9 * SECOND)
  })

  it('follows a wall clock that was set forward, and keeps earlier dates', () => {
    const clock = movingClock(0)
    const timeline = createTimeline(clock)
    const start = timeline.toUnixMs(0)
    clock.advance(SECOND)
    clock.wall += HOUR
    expect(timeline.toUnixMs(SECOND)).toBe(clock.wall)
    expect(timeline.toUnixMs(0)).toBe(start)
  })

  it('advances slowly after the wall clock was set back, until that has caught up', () => {
    const clock = movingClock(0)
    const timeline = createTimeline(clock)
    clock.advance(SECOND)
    const before = timeline.toUnixMs(clock.monotonic)
    clock.wall -= HOUR
    clock.advance(60 * SECOND)
    timeline.toUnixMs(clock.monotonic)
    clock.advance(60 * SECOND)
    const held = timeline.toUnixMs(clock.monotonic)
    expect(held).toBeGreaterThan(before)
    expect(held).toBeLessThan(before + 2 * 60 * SECOND)
    clock.advance(2 * HOUR)
    expect(timeline.toUnixMs(clock.monotonic)).toBe(clock.wall)
  })

  it('uses new dates when the wall clock was wrong by more than a day', () => {
    const clock = movingClock(0)
    clock.wall += 3 * DAY
    const timeline = createTimeline(clock)
    clock.advance(SECOND)
    clock.wall -= 3 * DAY
    expect(timeline.toUnixMs(clock.monotonic)).toBe(clock.wall)
    expect(timeline.toUnixMs(0)).toBe(clock.wall - SECOND)
  })

  it('waits for a wall clock that is 0', () => {
    const clock = movingClock(0)
    const { wall } = clock
    clock.wall = 0
    const timeline = createTimeline(clock)
    clock.advance(SECOND)
    clock.wall = wall
    expect(timeline.toUnixMs(SECOND)).toBe(wall)
    expect(timeline.toUnixMs(0)).toBe(wall - SECOND)
  })

  it('has a date as soon as the wall clock has one, although the monotonic clock has not moved', () => {
    const clock = movingClock(0)
    const { wall } = clock
    clock.wall = 0
    const timeline = createTimeline(clock)
    clock.wall = wall
    expect(timeline.toUnixMs(0)).toBe(wall)
  })

  it('never gives a later time an earlier date, however the wall clock is set', () => {
    const step = fc.tuple(fc.constantFrom('advance', 'set'), fc.integer({ min: -DAY / 4, max: DAY / 4 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = movingClock()
        const timeline = createTimeline(clock)
        const dated: { readonly moment: number; readonly unixMs: number }[] = []
        let setBackMs = 0
        for (const [what, ms] of steps) {
          if (what === 'advance') clock.advance(Math.abs(ms))
          // At most a day in all: beyond that all dates are new.
          else if (setBackMs - ms < DAY / 2) {
            clock.wall += ms
            setBackMs = Math.max(0, setBackMs - ms)
          }
          const moment = clock.monotonicMs()
          dated.push({ moment, unixMs: timeline.toUnixMs(moment) })
        }
        dated.forEach(({ moment, unixMs }, i) => {
          expect(timeline.toUnixMs(moment)).toBe(unixMs)
          expect(unixMs).toBeGreaterThanOrEqual(dated[i - 1]?.unixMs ?? 0)
        })
      }),
    )
  })
})
