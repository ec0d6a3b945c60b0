import type { HrTime } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createTestRecorder } from '@quipu/testing'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTimeAligner } from './time-aligner.js'

const toHrTime = (ms: number): HrTime => [Math.floor(ms / 1000), (ms % 1000) * 1e6]
const toMs = ([seconds, nanos]: HrTime): number => seconds * 1000 + nanos / 1e6

const { CUMULATIVE, DELTA } = AggregationTemporality

function collection(startMs: number, endMs: number, temporality = CUMULATIVE, scope = 'shop'): ResourceMetrics {
  return {
    resource: resourceFromAttributes({}),
    scopeMetrics: [
      {
        scope: { name: scope },
        metrics: [
          {
            descriptor: { name: 'orders', description: '', unit: '', valueType: ValueType.DOUBLE },
            aggregationTemporality: temporality,
            dataPointType: DataPointType.SUM,
            isMonotonic: true,
            dataPoints: [{ startTime: toHrTime(startMs), endTime: toHrTime(endMs), attributes: {}, value: 1 }],
          },
        ],
      },
    ],
  }
}

/** Start and end of the last sent point. */
function timesOf({ scopeMetrics }: ResourceMetrics): { readonly start: number; readonly end: number } {
  const point = scopeMetrics.at(-1)?.metrics[0]?.dataPoints[0]
  if (point === undefined) throw new Error('there is no point')
  return { start: toMs(point.startTime), end: toMs(point.endTime) }
}

const HOUR = 3_600_000
const MINUTE = 60_000
const steps = fc.array(fc.constantFrom(0, 0, 0, HOUR, -HOUR, 5, -5), { minLength: 1, maxLength: 12 })

test('the start of a cumulative series stays and its ends increase when the wall clock is set forward or back', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { clock } = createTestRecorder()
      const align = createTimeAligner(clock)
      const start = clock.unixMs()
      let last = 0
      for (const step of all) {
        clock.advanceMs(MINUTE)
        clock.stepWallMs(step)
        const times = timesOf(align(collection(start, clock.unixMs())))
        expect(times.start).toBe(start)
        expect(times.end).toBeGreaterThan(last)
        last = times.end
      }
    }),
  )
})

test('each delta starts where the last one ended when the wall clock is set forward or back', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { clock } = createTestRecorder()
      const align = createTimeAligner(clock)
      let wallEnd = clock.unixMs()
      let last = wallEnd
      for (const step of all) {
        clock.advanceMs(MINUTE)
        clock.stepWallMs(step)
        const times = timesOf(align(collection(wallEnd, clock.unixMs(), DELTA)))
        expect(times.start).toBe(last)
        expect(times.end).toBeGreaterThan(times.start)
        wallEnd = clock.unixMs()
        last = times.end
      }
    }),
  )
})

test('points of the host’s instruments end at the same time as those of the catalogue', () => {
  const { clock } = createTestRecorder()
  const [own] = collection(0, clock.unixMs() - 7, CUMULATIVE, 'quipu.app').scopeMetrics
  const batch = collection(clock.unixMs() - MINUTE, clock.unixMs())
  if (own === undefined) throw new Error('there is no scope')
  const aligned = createTimeAligner(clock)({ ...batch, scopeMetrics: [own, ...batch.scopeMetrics] })
  expect(timesOf(aligned)).toEqual({ start: clock.unixMs() - MINUTE, end: clock.unixMs() - 7 })
})

test('a series whose start is after its end by the wall clock starts just before its first end, and keeps that start', () => {
  const { clock } = createTestRecorder()
  const align = createTimeAligner(clock)
  const late = clock.unixMs() + HOUR
  const first = timesOf(align(collection(late, clock.unixMs())))
  expect(first).toEqual({ start: clock.unixMs() - 1, end: clock.unixMs() })
  clock.advanceMs(2 * HOUR)
  expect(timesOf(align(collection(late, clock.unixMs()))).start).toBe(first.start)
})

test('the catalogue’s own points do not change', () => {
  const align = createTimeAligner(createTestRecorder().clock)
  const batch = collection(9 * HOUR, 8 * HOUR, CUMULATIVE, 'quipu.securetrack')
  expect(timesOf(align(batch))).toEqual({ start: 9 * HOUR, end: 8 * HOUR })
})
