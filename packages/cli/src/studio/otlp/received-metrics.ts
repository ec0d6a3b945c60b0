import type { OtelCollection, OtelMetric, OtelScopeMetrics } from '@quipu/prometheus'
import { type Exponential, exponentialOf, mergeExponential } from './exponential.js'
import { listOf, numberOf, objectOf, textOf } from './untrusted.js'

/** The last received state of each series. */
export interface ReceivedMetrics {
  /** Takes a request in the form of OTLP/JSON; invalid parts are skipped. Never throws. */
  take(request: unknown): void
  /** Everything received in the last minutes. */
  collect(): OtelCollection
}

interface Series {
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  value: Value
  seenMs: number
}

type Value = number | Histogram | Exponential

interface Histogram {
  readonly buckets: { readonly boundaries: readonly number[]; readonly counts: readonly number[] }
  readonly sum: number
  readonly count: number
}

const KINDS = ['gauge', 'sum', 'histogram', 'exponentialHistogram'] as const
type Kind = (typeof KINDS)[number]

interface Metric {
  readonly scope: OtelScopeMetrics['scope']
  readonly descriptor: OtelMetric['descriptor']
  readonly kind: Kind
  readonly isMonotonic: boolean
  readonly series: Map<string, Series>
}

const DELTA = 1
/** Maximum number of series. */
const MOST_SERIES = 50_000
/** A series that is not sent for this time is removed, because its process has ended. */
const GONE_MS = 300_000

/** Creates an empty store. @param now milliseconds since the epoch */
export function createReceivedMetrics(now: () => number = Date.now): ReceivedMetrics {
  const metrics = new Map<string, Metric>()
  let count = 0
  const takeMetric = (
    given: Readonly<Record<string, unknown>>,
    scope: Metric['scope'],
    service: Series['attributes'],
  ) => {
    const kind = KINDS.find((name) => given[name] !== undefined)
    const name = textOf(given.name)
    if (kind === undefined || name === '') return
    const data = objectOf(given[kind])
    const key = JSON.stringify([scope.name, name, kind])
    const metric = metrics.get(key) ?? {
      scope,
      descriptor: { name, description: textOf(given.description), unit: textOf(given.unit) },
      kind,
      isMonotonic: data.isMonotonic === true,
      series: new Map(),
    }
    metrics.set(key, metric)
    const isDelta = isDeltaOf(data.aggregationTemporality)
    for (const point of listOf(data.dataPoints).map(objectOf)) {
      const attributes = { ...attributesOf(point.attributes), ...service }
      const id = JSON.stringify(Object.entries(attributes).sort())
      const series = metric.series.get(id)
      const value = readValue(kind, point)
      if (series !== undefined) {
        series.value = isDelta ? plus(series.value, value) : value
        series.seenMs = now()
      } else if (count < MOST_SERIES) {
        count++
        metric.series.set(id, { attributes, value, seenMs: now() })
      }
    }
  }
  return {
    take(request) {
      for (const resource of listOf(objectOf(request).resourceMetrics).map(objectOf)) {
        const service = serviceOf(attributesOf(objectOf(resource.resource).attributes))
        for (const scoped of listOf(resource.scopeMetrics).map(objectOf)) {
          const { name, version } = objectOf(scoped.scope)
          const scope = { name: textOf(name), version: textOf(version) }
          for (const metric of listOf(scoped.metrics)) takeMetric(objectOf(metric), scope, service)
        }
      }
    },
    collect() {
      for (const { series } of metrics.values()) {
        for (const [id, { seenMs }] of series) {
          if (now() - seenMs <= GONE_MS) continue
          series.delete(id)
          count--
        }
      }
      const scopeMetrics = Array.from(metrics.values(), (metric) => ({
        scope: metric.scope,
        metrics: [toOtel(metric)],
      }))
      return { resourceMetrics: { resource: { attributes: {} }, scopeMetrics }, errors: [] }
    },
  }
}

const POINT_TYPES = { histogram: 0, exponentialHistogram: 1, gauge: 2, sum: 3 }

function toOtel({ descriptor, kind, isMonotonic, series }: Metric): OtelMetric {
  return {
    descriptor,
    // Deltas have been added up.
    aggregationTemporality: 1,
    dataPointType: POINT_TYPES[kind],
    isMonotonic,
    dataPoints: Array.from(series.values(), ({ attributes, value }) => ({
      attributes,
      startTime: [0, 0] as const,
      value,
    })),
  }
}

function isDeltaOf(temporality: unknown): boolean {
  return temporality === DELTA || temporality === 'AGGREGATION_TEMPORALITY_DELTA'
}

function readValue(kind: Kind, point: Readonly<Record<string, unknown>>): Value {
  if (kind === 'histogram') return histogramOf(point)
  return kind === 'exponentialHistogram' ? exponentialOf(point) : numberOf(point.asDouble ?? point.asInt)
}

/** The sum of two deltas; the second one if they do not fit. */
function plus(a: Value, b: Value): Value {
  if (typeof a === 'number' || typeof b === 'number') return typeof a === 'number' && typeof b === 'number' ? a + b : b
  if ('scale' in a || 'scale' in b) return 'scale' in a && 'scale' in b ? mergeExponential(a, b) : b
  if (a.buckets.boundaries.join() !== b.buckets.boundaries.join()) return b
  return {
    buckets: {
      boundaries: a.buckets.boundaries,
      counts: a.buckets.counts.map((count, i) => count + (b.buckets.counts[i] ?? 0)),
    },
    sum: a.sum + b.sum,
    count: a.count + b.count,
  }
}

function histogramOf(point: Readonly<Record<string, unknown>>): Histogram {
  const count = numberOf(point.count)
  const counts = listOf(point.bucketCounts).map(numberOf)
  return {
    buckets: {
      boundaries: listOf(point.explicitBounds).map(numberOf),
      counts: counts.length === 0 ? [count] : counts,
    },
    sum: numberOf(point.sum),
    count,
  }
}

/** Identity of the application, so that two applications have separate series. */
function serviceOf(resource: Series['attributes']): Series['attributes'] {
  const named = Object.entries(resource).filter(([key]) => key === 'service.name' || key === 'service.instance.id')
  return Object.fromEntries(named)
}

function attributesOf(list: unknown): Series['attributes'] {
  return Object.fromEntries(
    listOf(list).map((entry) => {
      const { key, value } = objectOf(entry)
      const { stringValue, boolValue, intValue, doubleValue } = objectOf(value)
      if (typeof stringValue === 'string') return [textOf(key), stringValue]
      return [textOf(key), typeof boolValue === 'boolean' ? boolValue : numberOf(intValue ?? doubleValue)]
    }),
  )
}
