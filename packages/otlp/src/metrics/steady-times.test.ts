import type { HrTime } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSteadyTimes } from './steady-times.js'

const toHrTime = (ms: number): HrTime => [Math.floor(ms / 1000), (ms % 1000) * 1e6]
const toMs = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6

function collection(startMs: number, endMs: number, scope = 'shop'): ResourceMetrics {
  return {
    resource: resourceFromAttributes({}),
    scopeMetrics: [
      {
        scope: { name: scope },
        metrics: [
          {
            descriptor: { name: 'orders', description: '', unit: '', valueType: ValueType.DOUBLE },
            aggregationTemporality: AggregationTemporality.CUMULATIVE,
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: [{ startTime: toHrTime(startMs), endTime: toHrTime(endMs), attributes: {}, value: 1 }],
          },
        ],
      },
    ],
  }
}

/** Start and end of the one point, as they are sent. */
function timesOf({ scopeMetrics }: ResourceMetrics): { readonly start: number; readonly end: number } {
  const point = scopeMetrics[0]?.metrics[0]?.dataPoints[0]
  if (point === undefined) throw new Error('there is no point')
  return { start: toMs(point.startTime), end: toMs(point.endTime) }
}

const HOUR = 3_600_000
const MINUTE = 60_000

test('while the wall clock is not set nothing changes', () => {
  let now = 0
  const steady = createSteadyTimes(() => now)
  for (let i = 1; i < 5; i++) {
    now = i * MINUTE
    // Slewed by some milliseconds, as NTP does.
    expect(timesOf(steady(collection(HOUR, HOUR + now + i)))).toEqual({ start: HOUR, end: HOUR + now + i })
  }
})

test('a cumulative series goes on for as long as it has, whichever way the clock is set, and its start moves once a step', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(0, 0, 0, HOUR, -HOUR), { minLength: 1, maxLength: 12 }), (steps) => {
      let now = 0
      let offset = 100 * HOUR
      const start = offset
      const steady = createSteadyTimes(() => now)
      now += MINUTE
      steady(collection(start, now + offset))
      const starts: number[] = []
      for (const [i, step] of steps.entries()) {
        now += MINUTE
        offset += step
        // What lies between a collection and its export is not always the same.
        const times = timesOf(steady(collection(start, now + offset - (i % 3))))
        expect(times.end).toBeGreaterThanOrEqual(times.start)
        expect(Math.abs(times.end - times.start - now)).toBeLessThanOrEqual(10_000)
        starts.push(times.start)
      }
      expect(new Set(starts).size).toBeLessThanOrEqual(steps.filter((step) => step !== 0).length + 1)
    }),
  )
})

test('a delta that begins where the last one ended has its own length when the clock is set between the two', () => {
  let now = MINUTE
  const steady = createSteadyTimes(() => now)
  let wall = 100 * HOUR
  steady(collection(wall - MINUTE, wall))
  for (const step of [-HOUR, 2 * HOUR, -HOUR + 1]) {
    const last = wall
    now += MINUTE
    wall += MINUTE + step
    const { start, end } = timesOf(steady(collection(last, wall)))
    expect(end).toBe(wall)
    expect(end - start).toBe(MINUTE)
  }
})

test('a series that began before the clock was set, and is seen only after, never ends before it starts', () => {
  let now = 5 * MINUTE
  const steady = createSteadyTimes(() => now)
  now += MINUTE
  const { start, end } = timesOf(steady(collection(9 * HOUR, 8 * HOUR)))
  expect(end - start).toBe(MINUTE)
})

test('the catalogue’s own points are left as they are', () => {
  const steady = createSteadyTimes(() => 0)
  const batch = collection(9 * HOUR, 8 * HOUR, 'quipu.securetrack')
  expect(timesOf(steady(batch))).toEqual({ start: 9 * HOUR, end: 8 * HOUR })
})
