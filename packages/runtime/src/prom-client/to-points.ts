import type { ValueType } from '@opentelemetry/api'

type Labels = { readonly [name: string]: string }
type HrTime = [seconds: number, nanoseconds: number]

interface Times {
  readonly startTime: HrTime
  readonly endTime: HrTime
}

/** A sample of prom-client's JSON. Histograms and summaries have several per series, distinguished by `metricName`. */
interface Sample {
  /** Absent from the sums and counts of unlabelled summaries of @prometheus-io/client and @platformatic/prom-client. */
  readonly labels?: { readonly [name: string]: string | number }
  readonly value: number
  readonly metricName?: string
}

// `dataPointType` of OpenTelemetry's metric data.
const HISTOGRAM = 0
const GAUGE = 2
const SUM = 3
const CUMULATIVE = 1
// `ValueType`.
const DOUBLE: ValueType.DOUBLE = 1

/** Converts a metric of a registry's JSON to OpenTelemetry's metric data; undefined when it is not a metric. */
export function toPoints(metric: unknown, times: Times) {
  const { name, help, type, values } = metric as { name: string; help: string; type: string; values: readonly Sample[] }
  const common = {
    descriptor: { name, description: help, unit: '', valueType: DOUBLE },
    aggregationTemporality: CUMULATIVE as typeof CUMULATIVE,
  }
  const single = () => values.map(({ labels = {}, value }) => ({ ...times, attributes: toText(labels), value }))
  switch (type) {
    case 'counter':
      return { ...common, dataPointType: SUM as typeof SUM, isMonotonic: true, dataPoints: single() }
    case 'gauge':
      return { ...common, dataPointType: GAUGE as typeof GAUGE, dataPoints: single() }
    case 'histogram':
    case 'summary':
      return {
        ...common,
        dataPointType: HISTOGRAM as typeof HISTOGRAM,
        dataPoints: distributions(name, values).map((one) => ({ ...times, ...one })),
      }
    default:
      return undefined
  }
}

/** The series of a histogram. prom-client's bucket counts are cumulative, the results are not. */
function distributions(name: string, samples: readonly Sample[]) {
  const series = new Map<string, { attributes: Labels; sum: number; count: number; upTo: [number, number][] }>()
  for (const { labels = {}, value, metricName } of samples) {
    const { le, quantile, ...others } = labels
    if (quantile !== undefined) continue
    const attributes = toText(others)
    const key = JSON.stringify(Object.entries(attributes).sort())
    const one = series.get(key) ?? { attributes, sum: 0, count: 0, upTo: [] }
    series.set(key, one)
    if (metricName === `${name}_sum`) one.sum = value
    else if (metricName === `${name}_count`) one.count = value
    else if (le !== undefined && le !== '+Inf') one.upTo.push([Number(le), value])
  }
  return [...series.values()].map(({ attributes, sum, count, upTo }) => {
    upTo.sort(([a], [b]) => a - b)
    const counts = [...upTo.map(([, value]) => value), count].map((value, i) => value - (upTo[i - 1]?.[1] ?? 0))
    return { attributes, value: { buckets: { boundaries: upTo.map(([bound]) => bound), counts }, sum, count } }
  })
}

function toText(labels: NonNullable<Sample['labels']>): Labels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]))
}
