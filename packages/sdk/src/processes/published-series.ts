import type { MetricReading } from '@quipu/core'

/** Numbers that a cell of a metric takes in a published file: a gauge's second one is when it was set. */
export function strideOf(reading: MetricReading): number {
  switch (reading.spec.kind) {
    case 'counter':
    case 'upDownCounter':
      return 1
    case 'gauge':
    case 'summary':
      return 2
    case 'histogram':
      return reading.bounds.length + 2
  }
}

/**
 * A line of the `.series` file: a series that begins (its metric, label values, place among the numbers, start), one that
 * was removed, or the end of them all. Written once a series, so readable; what changes is binary.
 */
export type SeriesLine =
  | readonly ['+', metric: string, values: readonly (string | null)[], offset: number, startUnixMs: number]
  | readonly ['-', offset: number]
  | readonly ['end']

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
  if (line[0] === 'end') return true
  if (line[0] === '-') return typeof line[1] === 'number'
  return line[0] === '+' && typeof line[1] === 'string' && Array.isArray(line[2]) && typeof line[3] === 'number'
}
