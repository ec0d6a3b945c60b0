import type { Cell, Clock, MetricReading } from '@quipu/store'
import { EXPONENTIAL_STRIDE, toNumbers } from './exponential-numbers.js'
import { isShape, type Shape, shapeOf, strideOf } from './shape.js'

/** A cell's numbers as they are published. */
export function numbersOf(reading: MetricReading, cell: Cell, clock: Clock): Float64Array {
  if (reading.spec.kind === 'gauge') return Float64Array.of(cell.data[cell.at] ?? 0, toUnixMs(clock, cell.setAtMs))
  if (reading.spec.aggregation !== 'exponential') return cell.data.slice(cell.at, cell.at + strideOf(shapeOf(reading)))
  return cell.exponential === undefined ? new Float64Array(EXPONENTIAL_STRIDE) : toNumbers(cell.exponential)
}

/** A moment of this process's monotonic clock on the wall clock as it is set now, which all processes share. */
export function toUnixMs(clock: Clock, monotonicMs: number): number {
  return clock.unixMs() - (clock.monotonicMs() - monotonicMs)
}

/** Whether a metric's numbers count after the end of their process; live ones end with it. */
export function outlives({ spec }: MetricReading): boolean {
  return !((spec.kind === 'gauge' || spec.kind === 'upDownCounter') && spec.merge === 'live')
}

/**
 * A line of the `.series` file: the shape of a metric, before its first series; a series that begins (its metric, label values, place among the numbers, start); one that
 * was removed; which removals of others are applied; that its process records no more; that it is dead, which another
 * process says of it. Written once a series, so readable; what changes is binary.
 */
export type SeriesLine =
  | readonly ['=', metric: string, shape: Shape]
  | readonly ['+', metric: string, values: readonly (string | null)[], offset: number, startUnixMs: number]
  | readonly ['-', offset: number]
  | readonly ['applied', number: number]
  | readonly ['end']
  | readonly ['dead']

/** Parses a line; null for one that is not whole. */
export function parseSeriesLine(text: string): SeriesLine | null {
  try {
    const line: unknown = JSON.parse(text)
    return isSeriesLine(line) ? line : null
  } catch {
    return null
  }
}

function isSeriesLine(line: unknown): line is SeriesLine {
  if (!Array.isArray(line)) return false
  if (line[0] === 'end' || line[0] === 'dead') return true
  if (line[0] === '=') return typeof line[1] === 'string' && isShape(line[2])
  if (line[0] === '-' || line[0] === 'applied') return typeof line[1] === 'number'
  const [kind, metric, values, ...numbers] = line
  return (
    kind === '+' &&
    typeof metric === 'string' &&
    Array.isArray(values) &&
    numbers.length === 2 &&
    numbers.every(Number.isFinite)
  )
}
