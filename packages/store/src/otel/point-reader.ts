import type { HrTime } from '@opentelemetry/api'
import { attributesOf } from '../series/attributes.js'
import type { Cell, ExponentialBuckets, MetricReading } from '../series/reading.js'
import type { RecorderClock } from '../time/clock.js'
import type { DataPoint, ExponentialValue, HistogramValue } from './otel-data.js'

/** Reads the cells of a store as data points, for one reader. A delta reader stores the last values of every cell. */
export interface PointReader {
  readonly temporality: 'cumulative' | 'delta'
  /** Begins a new collection: all its points end now. */
  begin(): void
  sums(reading: MetricReading): DataPoint<number>[]
  values(reading: MetricReading): DataPoint<number>[]
  histograms(reading: MetricReading): DataPoint<HistogramValue>[]
  exponentials(reading: MetricReading): DataPoint<ExponentialValue>[]
}

/**
 * The last values of a cell in a delta reader, with their time. Held weakly, so that it is collected with a removed
 * series.
 */
interface Base {
  /** The end of the last interval, which is the start of the next. */
  endTime: HrTime
  readonly numbers: Float64Array
  exponential: ExponentialValue | undefined
}

/** The used parts of a recorder's clock. */
export type PointClock = Pick<RecorderClock, 'monotonicMs' | 'toUnixMs'>

/** Creates the point reader of one producer. */
export function createPointReader(clock: PointClock, temporality: 'cumulative' | 'delta'): PointReader {
  const delta = temporality === 'delta'
  const bases = new WeakMap<Cell, Base>()
  let end: HrTime = [0, 0]

  const toTime = (monotonicMs: number): HrTime => toHrTime(clock.toUnixMs(monotonicMs))
  const startOf = (cell: Cell): HrTime =>
    cell.startedAtUnixMs === undefined ? toTime(cell.startedAtMs) : toHrTime(cell.startedAtUnixMs)

  const point = <T>(reading: MetricReading, cell: Cell, startTime: HrTime, value: T): DataPoint<T> => ({
    startTime,
    endTime: end,
    attributes: attributesOf(reading, cell),
    value,
  })

  const baseOf = (cell: Cell, length: number): Base => {
    let base = bases.get(cell)
    if (base === undefined) {
      base = { endTime: startOf(cell), numbers: new Float64Array(length), exponential: undefined }
      bases.set(cell, base)
    }
    return base
  }

  /** The increase of the cell since the last collection, with its time; undefined without a change. */
  const since = (cell: Cell, length: number): { startTime: HrTime; numbers: number[] } | undefined => {
    const numbers = Array.from(cell.data.subarray(cell.at, cell.at + length))
    if (!delta) return { startTime: startOf(cell), numbers }
    const base = baseOf(cell, length)
    const change = numbers.map((value, i) => value - (base.numbers[i] ?? 0))
    const startTime = base.endTime
    base.endTime = end
    base.numbers.set(numbers)
    return change.some((value) => value !== 0) ? { startTime, numbers: change } : undefined
  }

  const collect = <T>(
    reading: MetricReading,
    read: (cell: Cell) => { startTime: HrTime; value: T } | undefined,
  ): DataPoint<T>[] => {
    const points: DataPoint<T>[] = []
    for (const cell of reading.cells()) {
      const taken = read(cell)
      if (taken !== undefined) points.push(point(reading, cell, taken.startTime, taken.value))
    }
    return points
  }

  return {
    temporality,
    begin() {
      end = toTime(clock.monotonicMs())
    },
    sums: (reading) =>
      collect(reading, (cell) => {
        const taken = since(cell, 1)
        return taken && { startTime: taken.startTime, value: taken.numbers[0] ?? 0 }
      }),
    values: (reading) => collect(reading, (cell) => ({ startTime: startOf(cell), value: cell.data[cell.at] ?? 0 })),
    histograms: (reading) =>
      collect(reading, (cell) => {
        // The count of a summary is stored where a histogram without bounds has its only bucket.
        const taken = since(cell, reading.bounds.length + 2)
        return taken && { startTime: taken.startTime, value: toHistogram(reading.bounds, taken.numbers) }
      }),
    exponentials: (reading) =>
      collect(reading, (cell) => {
        if (cell.exponential === undefined) return undefined
        const now = toExponential(cell.exponential)
        if (!delta) return { startTime: startOf(cell), value: now }
        const base = baseOf(cell, 0)
        const startTime = base.endTime
        const value = base.exponential === undefined ? now : subtract(now, base.exponential)
        base.endTime = end
        base.exponential = now
        return value.count === 0 ? undefined : { startTime, value }
      }),
  }
}

/**
 * Converts milliseconds since the Unix epoch to OpenTelemetry's time: seconds and nanoseconds.
 * Never throws.
 *
 * @param unixMs milliseconds since the Unix epoch
 * @example
 * toHrTime(1_500) // [1, 500_000_000]
 */
export function toHrTime(unixMs: number): HrTime {
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

/**
 * The difference between two readings of one histogram. Its scale only decreases, so the earlier one is converted to
 * the later scale.
 */
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
