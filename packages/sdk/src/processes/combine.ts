import type { MetricReading } from '@quipu/core'

/**
 * One series of two processes as one, by the metric's merge rule: what counts adds up; a gauge is the sum, the greatest,
 * the least or the last set. Changes and returns `into`.
 */
export function combine(reading: MetricReading, into: Float64Array, from: Float64Array): Float64Array {
  if (reading.spec.kind !== 'gauge') {
    for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (from[i] ?? 0)
    return into
  }
  const [value = 0, setAt = 0] = into
  const [other = 0, otherSetAt = 0] = from
  into[0] = combineGauge(reading.spec.merge ?? 'sum', value, other, otherSetAt > setAt)
  into[1] = Math.max(setAt, otherSetAt)
  return into
}

function combineGauge(rule: string, value: number, other: number, otherIsLater: boolean): number {
  switch (rule) {
    case 'max':
      return Math.max(value, other)
    case 'min':
      return Math.min(value, other)
    case 'last':
      return otherIsLater ? other : value
    default:
      return value + other
  }
}
