import { isObject } from '@quipu/catalog/builtin'
import type { ExponentialPoint, Point } from '../families/family.js'
import type { OtelDataPoint, OtelMetric } from './otel-metrics.js'

/** A data point of another provider in the shape of a cell. It owns its numbers: merging adds to them. */
export interface ForeignPoint extends Point {
  readonly labels: string
  readonly data: number[]
  readonly startUnixMs: number
}

/** `dataPointType` of @opentelemetry/sdk-metrics. */
export const otelKind = { histogram: 0, exponentialHistogram: 1, gauge: 2, sum: 3 } as const

/** Converts a data point to a point of a page; undefined for numbers that a page cannot show. */
export function toForeignPoint(
  metric: OtelMetric,
  { value, startTime }: OtelDataPoint,
  labels: string,
): ForeignPoint | undefined {
  const common = { labels, at: 0, exemplars: undefined, startUnixMs: toUnixMs(startTime) }
  switch (metric.dataPointType) {
    case otelKind.histogram: {
      if (!isHistogram(value)) return undefined
      const { boundaries, counts } = value.buckets
      return { ...common, data: [value.sum ?? Number.NaN, ...counts], bounds: boundaries, exponential: undefined }
    }
    case otelKind.exponentialHistogram:
      return isExponential(value) ? { ...common, data: [], exponential: value } : undefined
    default: {
      const isValid = typeof value === 'number' && (metric.isMonotonic !== true || value >= 0)
      return isValid ? { ...common, data: [value], exponential: undefined } : undefined
    }
  }
}

/**
 * Adds a point to one with the same labels. Two scopes can have such points, or two names that differ only in dots.
 * Sums, and histograms with equal bounds, are added; the later of two gauges replaces the earlier.
 * @returns false when the two cannot be merged
 */
export function mergeForeignPoint(metric: OtelMetric, into: ForeignPoint, point: ForeignPoint): boolean {
  if (metric.dataPointType === otelKind.gauge) {
    into.data[0] = point.data[0] ?? 0
    return true
  }
  if (into.exponential !== undefined || point.exponential !== undefined) return false
  if (into.bounds?.join() !== point.bounds?.join()) return false
  point.data.forEach((value, i) => {
    into.data[i] = (into.data[i] ?? 0) + value
  })
  return true
}

function toUnixMs(time: OtelDataPoint['startTime'] | undefined): number {
  return time === undefined ? 0 : time[0] * 1000 + time[1] / 1e6
}

interface HistogramValue {
  readonly sum?: number | undefined
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] }
}

function isHistogram(value: unknown): value is HistogramValue {
  if (!isObject(value) || !isObject(value.buckets)) return false
  const { boundaries, counts } = value.buckets
  return isNumbers(boundaries) && isCounts(counts) && counts.length === boundaries.length + 1
}

function isExponential(value: unknown): value is ExponentialPoint {
  if (!isObject(value)) return false
  const { scale, zeroCount, sum, positive, negative } = value
  return (
    Number.isInteger(scale) &&
    Number.isInteger(zeroCount) &&
    typeof sum === 'number' &&
    isSide(positive) &&
    (negative === undefined || isSide(negative))
  )
}

function isSide(value: unknown): boolean {
  return isObject(value) && Number.isInteger(value.offset) && isCounts(value.bucketCounts)
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number')
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isInteger(item) && item >= 0)
}
