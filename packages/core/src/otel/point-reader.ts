import type { HrTime } from '@opentelemetry/api'
import type { Clock } from '../clock.js'
import { attributesOf } from '../store/attributes.js'
import type { Cell, ExponentialBuckets, MetricReading } from '../store/reading.js'
import type { DataPoint, ExponentialValue, HistogramValue } from './otel-data.js'

/** Reads a store's cells as data points, for one reader: a delta reader remembers what it read last of every cell. */
export interface PointReader {
  readonly temporality: 'cumulative' | 'delta'
  /** A new collection begins: all its points end now. */
  begin(): void
  sums(reading: MetricReading): DataPoint<number>[]
  values(reading: MetricReading): DataPoint<number>[]
  histograms(reading: MetricReading): DataPoint<HistogramValue>[]
  exponentials(reading: MetricReading): DataPoint<ExponentialValue>[]
}

/** What a delta reader read last of a cell, and when. Held weakly: a removed series takes its base along. */
interface Base {
  endedAtMs: number
  readonly numbers: Float64Array
  exponential: ExponentialValue | undefined
}

/** The point reader of one producer. */
export function createPointReader(clock: Clock, temporality: 'cumulative' | 'delta'): PointReader {
  const delta = temporality === 'delta'
  const bases = new WeakMap<Cell, Base>()
  let nowMs = clock.monotonicMs()
  let offsetMs = 0
  let end: HrTime = [0, 0]

  // Start and end are both the monotonic clock plus one offset, so no step of the wall clock can put the end first.
  const point = <T>(reading: MetricReading, cell: Cell, startMs: number, value: T): DataPoint<T> => ({
    startTime: toHrTime(startMs + offsetMs),
    endTime: end,
    attributes: attributesOf(reading, cell),
    value,
  })

  const baseOf = (cell: Cell, length: number): Base => {
    let base = bases.get(cell)
    if (base === undefined) {
      base = { endedAtMs: cell.startedAtMs, numbers: new Float64Array(length), exponential: undefined }
      bases.set(cell, base)
    }
    return base
  }

  /** The cell's numbers since last time, and when that was; undefined when nothing came since. */
  const since = (cell: Cell, length: number): { startMs: number; numbers: number[] } | undefined => {
    const numbers = Array.from(cell.data.subarray(cell.at, cell.at + length))
    if (!delta) return { startMs: cell.startedAtMs, numbers }
    const base = baseOf(cell, length)
    const change = numbers.map((value, i) => value - (base.numbers[i] ?? 0))
    const startMs = base.endedAtMs
    base.endedAtMs = nowMs
    base.numbers.set(numbers)
    return change.some((value) => value !== 0) ? { startMs, numbers: change } : undefined
  }

  const collect = <T>(
    reading: MetricReading,
    read: (cell: Cell) => { startMs: number; value: T } | undefined,
  ): DataPoint<T>[] => {
    const points: DataPoint<T>[] = []
    for (const cell of reading.cells()) {
      const taken = read(cell)
      if (taken !== undefined) points.push(point(reading, cell, taken.startMs, taken.value))
    }
    return points
  }

  return {
    temporality,
    begin() {
      nowMs = clock.monotonicMs()
      offsetMs = clock.unixMs() - nowMs
      end = toHrTime(nowMs + offsetMs)
    },
    sums: (reading) =>
      collect(reading, (cell) => {
        const taken = since(cell, 1)
        return taken && { startMs: taken.startMs, value: taken.numbers[0] ?? 0 }
      }),
    values: (reading) => collect(reading, (cell) => ({ startMs: cell.startedAtMs, value: cell.data[cell.at] ?? 0 })),
    histograms: (reading) =>
      collect(reading, (cell) => {
        // A summary's one count lies where a histogram without bounds has its only bucket.
        const taken = since(cell, reading.bounds.length + 2)
        return taken && { startMs: taken.startMs, value: toHistogram(reading.bounds, taken.numbers) }
      }),
    exponentials: (reading) =>
      collect(reading, (cell) => {
        if (cell.exponential === undefined) return undefined
        const now = toExponential(cell.exponential)
        if (!delta) return { startMs: cell.startedAtMs, value: now }
        const base = baseOf(cell, 0)
        const startMs = base.endedAtMs
        const value = base.exponential === undefined ? now : subtract(now, base.exponential)
        base.endedAtMs = nowMs
        base.exponential = now
        return value.count === 0 ? undefined : { startMs, value }
      }),
  }
}

function toHrTime(unixMs: number): HrTime {
  const seconds = Math.floor(unixMs / 1000)
  return [seconds, Math.min(999_999_999, Math.round((unixMs - seconds * 1000) * 1e6))]
}

function toHistogram(bounds: readonly number[], numbers: readonly number[]): HistogramValue {
  const counts = numbers.slice(1)
  return {
    buckets: { boundaries: [...bounds], counts },
    sum: numbers[0] ?? 0,
    count: counts.reduce((total, count) => total + count, 0),
  }
}

function toExponential(buckets: ExponentialBuckets): ExponentialValue {
  const { scale, sum, count, zeroCount, positive } = buckets
  return {
    scale,
    sum,
    count,
    zeroCount,
    positive: { offset: positive.offset, bucketCounts: [...positive.bucketCounts] },
    negative: { offset: 0, bucketCounts: [] },
  }
}

/** What came between two readings of one histogram; its scale only ever falls, so the earlier one is brought to the later's. */
function subtract(now: ExponentialValue, before: ExponentialValue): ExponentialValue {
  const shift = before.scale - now.scale
  const bucketCounts = [...now.positive.bucketCounts]
  before.positive.bucketCounts.forEach((count, i) => {
    const at = ((before.positive.offset + i) >> shift) - now.positive.offset
    bucketCounts[at] = (bucketCounts[at] ?? 0) - count
  })
  return {
    ...now,
    sum: now.sum - before.sum,
    count: now.count - before.count,
    zeroCount: now.zeroCount - before.zeroCount,
    positive: { offset: now.positive.offset, bucketCounts },
  }
}
