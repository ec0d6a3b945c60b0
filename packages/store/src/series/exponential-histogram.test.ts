import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  MeterProvider,
  MetricReader,
} from '@opentelemetry/sdk-metrics'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExponentialHistogram, lowerBound } from './exponential-histogram.js'

class Reader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** The histogram of OpenTelemetry's own aggregator, through its public API. */
async function byOpenTelemetry(values: readonly number[]) {
  const reader = new Reader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    aggregationSelector: () => ({
      type: AggregationType.EXPONENTIAL_HISTOGRAM,
      options: { maxSize: 160, recordMinMax: false },
    }),
  })
  const histogram = new MeterProvider({ readers: [reader] }).getMeter('test').createHistogram('spread')
  for (const value of values) histogram.record(value)
  const { resourceMetrics } = await reader.collect()
  const [metric] = resourceMetrics.scopeMetrics[0]?.metrics ?? []
  if (metric?.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) throw new Error('no exponential histogram')
  const { scale, count, sum = 0, zeroCount, positive } = metric.dataPoints[0]?.value ?? fail()
  return { scale: scaleOf(positive, scale), count, sum, zeroCount, buckets: nonZero(positive) }
}

function ours(values: readonly number[]) {
  const histogram = new ExponentialHistogram()
  for (const value of values) histogram.record(value)
  const { scale, count, sum, zeroCount, positive } = histogram
  return { scale: scaleOf(positive, scale), count, sum, zeroCount, buckets: nonZero(positive) }
}

/** With zeros only, the scale is meaningless, and the two implementations differ. */
function scaleOf({ bucketCounts }: { bucketCounts: readonly number[] }, scale: number): number | undefined {
  return bucketCounts.some((count) => count > 0) ? scale : undefined
}

/** Counts by bucket index. Both sides may keep empty buckets at their ends. */
function nonZero({ offset, bucketCounts }: { offset: number; bucketCounts: readonly number[] }) {
  return Object.fromEntries(
    bucketCounts.map((count, i) => [offset + i, count] as const).filter(([, count]) => count > 0),
  )
}

function fail(): never {
  throw new Error('no data point')
}

// Below it, bounds and values are the same few numbers.
const leastNormal = 2.2250738585072014e-308
const normal = fc.double({ min: leastNormal, max: 1e300, noNaN: true })

describe('an exponential histogram', () => {
  const magnitude = fc
    .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -300, max: 300 }))
    .map(([digits, exponent]) => digits * 10 ** exponent)
  it.each<[string, fc.Arbitrary<number>]>([
    ['of any magnitude', magnitude],
    ['near to one another', fc.double({ min: 0.9, max: 1.1, noNaN: true })],
    ['of durations', fc.double({ min: 0.0001, max: 600, noNaN: true })],
    [
      'of powers of two and zeros',
      fc.oneof(
        fc.constant(0),
        fc.integer({ min: -40, max: 40 }).map((exponent) => 2 ** exponent),
      ),
    ],
    ['of whole numbers', fc.nat(100_000)],
  ])('%s has the scale and the buckets of OpenTelemetry’s own', async (_, value) => {
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (values) => {
        expect(ours(values)).toEqual(await byOpenTelemetry(values))
      }),
      { numRuns: 150 },
    )
  })

  it('keeps each value between the bounds of its bucket, and never more than 160 buckets', () => {
    fc.assert(
      fc.property(fc.array(normal, { minLength: 1, maxLength: 40 }), (values) => {
        const histogram = new ExponentialHistogram()
        for (const value of values) histogram.record(value)
        const { offset, bucketCounts } = histogram.positive
        expect(bucketCounts.length).toBeLessThanOrEqual(160)
        bucketCounts.forEach((count, i) => {
          const inside = values.filter(
            (value) =>
              value > lowerBound(offset + i, histogram.scale) && value <= lowerBound(offset + i + 1, histogram.scale),
          )
          expect(inside).toHaveLength(count)
        })
      }),
    )
  })
})
