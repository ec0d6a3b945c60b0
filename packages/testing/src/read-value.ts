import type { MetricReading } from '@quipu/core'

/** What a series of a histogram or summary holds. */
export interface DistributionValue {
  readonly count: number
  readonly sum: number
  /** Cumulative counts by upper bound, the last `+Inf`; absent on summaries and exponential histograms. */
  readonly buckets?: Readonly<Record<string, number>>
}

/** The value of one series: a number, or a distribution; undefined when there is no such series. */
export function readValue(
  readings: readonly MetricReading[],
  name: string,
  labels: { readonly [name: string]: unknown },
): number | DistributionValue | undefined {
  const reading = readings.find((one) => one.name === name || one.prometheusName === name || one.otlpName === name)
  const cell = reading
    ?.cells()
    .find((one) => reading.labelNames.every((label, i) => one.values[i] === asText(labels[label])))
  if (reading === undefined || cell === undefined) return undefined
  const at = (offset: number): number => cell.data[cell.at + offset] ?? 0
  if (cell.exponential !== undefined) return { count: cell.exponential.count, sum: cell.exponential.sum }
  if (reading.spec.kind === 'summary') return { count: at(1), sum: at(0) }
  if (reading.spec.kind !== 'histogram') return at(0)
  let count = 0
  const buckets: Record<string, number> = {}
  for (const [i, bound] of [...reading.bounds, '+Inf'].entries()) {
    count += at(1 + i)
    buckets[String(bound)] = count
  }
  return { count, sum: at(0), buckets }
}

function asText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}
