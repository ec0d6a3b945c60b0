import type { MetricReading } from '@quipu/store'
import { addExponential } from './exponential-numbers.js'

/**
 * Merges the series of two processes by the metric's merge rule: counts add up; gauges and up-down counters become the
 * sum, the maximum, the minimum or the last value (for up-down counters, which are never set, `last` is the sum). May change
 * and return `into`.
 */
export function combine(reading: MetricReading, into: Float64Array, from: Float64Array): Float64Array {
  const { kind, aggregation, merge } = reading.spec
  if (aggregation === 'exponential') return addExponential(into, from)
  if (kind !== 'gauge' && kind !== 'upDownCounter') {
    for (let i = 0; i < into.length; i++) into[i] = (into[i] ?? 0) + (from[i] ?? 0)
    return into
  }
  const [value = 0, setAt = 0] = into
  const [other = 0, otherSetAt = 0] = from
  into[0] = kind === 'gauge' && merge === 'last' ? (otherSetAt > setAt ? other : value) : byRule(merge, value, other)
  if (kind === 'gauge') into[1] = Math.max(setAt, otherSetAt)
  return into
}

function byRule(rule: MetricReading['spec']['merge'], value: number, other: number): number {
  switch (rule) {
    case 'max':
      return Math.max(value, other)
    case 'min':
      return Math.min(value, other)
    default:
      return value + other
  }
}
