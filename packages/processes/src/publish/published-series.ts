import type { Cell, Clock, MetricReading } from '@quipu/store'
import { EXPONENTIAL_STRIDE, toNumbers } from './exponential-numbers.js'
import { isShape, type Shape, shapeOf, strideOf } from './shape.js'

/** A cell's published numbers. */
export function numbersOf(reading: MetricReading, cell: Cell, clock: Clock): Float64Array {
  if (reading.spec.kind === 'gauge') return Float64Array.of(cell.data[cell.at] ?? 0, toUnixMs(clock, cell.setAtMs))
  if (reading.spec.aggregation !== 'exponential') return cell.data.slice(cell.at, cell.at + strideOf(shapeOf(reading)))
  return cell.exponential === undefined ? new Float64Array(EXPONENTIAL_STRIDE) : toNumbers(cell.exponential)
}

/** Converts a moment of this process's monotonic clock to the current wall clock, which all processes share. */
export function toUnixMs(clock: Clock, monotonicMs: number): number {
  return clock.unixMs() - (clock.monotonicMs() - monotonicMs)
}

/** Returns whether a metric's numbers count after the end of their process; live ones end with it. */
export function outlives({ spec }: MetricReading): boolean {
  return !((spec.kind === 'gauge' || spec.kind === 'upDownCounter') && spec.merge === 'live')
}

/**
 * A line of the `.series` file: the shape of a metric, before its first series; a new series (its metric, label values,
 * place among the numbers, start); a removed series; the last applied removal of other processes; the end of recording; the
 * death of the process, noted by another one. Lines are readable JSON because each series is written once; changing numbers
 * are binary.
 */
export type SeriesLine =
  | readonly ['=', metric: string, shape: Shape]
  | readonly ['+', metric: string, values: readonly (string | null)[], offset: number, startUnixMs: number]
  | readonly ['-', offset: number]
  | readonly ['applied', number: number]
  | readonly ['end']
  | readonly ['dead']

/** Parses a line; null for an incomplete one. */
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
