import type { MetricReading } from '../series/reading.js'
import type {
  CollectionResult,
  DataPoint,
  ImmediateMetricProducer,
  MetricData,
  Resource,
  ScopeMetrics,
} from './otel-data.js'
import {
  CUMULATIVE,
  DELTA,
  DOUBLE_VALUES,
  EXPONENTIAL_POINTS,
  GAUGE_POINTS,
  HISTOGRAM_POINTS,
  SUM_POINTS,
} from './otel-data.js'
import { createPointReader, type PointClock, type PointReader } from './point-reader.js'

export interface ProducerOptions {
  /**
   * `cumulative` (default): since each series began. `delta`: since this producer was last collected; up-down counters
   * and gauges stay what they are, as the specification's delta preference has it.
   */
  readonly temporality?: 'cumulative' | 'delta'
}

const emptyResource: Resource = {
  attributes: {},
  merge: (other) => other ?? emptyResource,
  getRawAttributes: () => [],
}

/**
 * A MetricProducer (OpenTelemetry metrics SDK, "MetricProducer") over the live store: make one for each reader, since a
 * delta producer remembers what it gave last. It never rejects; a metric that could not be read is in `errors`.
 */
export function createProducer(
  readings: () => readonly MetricReading[],
  clock: PointClock,
  options: ProducerOptions = {},
): ImmediateMetricProducer {
  const reader = createPointReader(clock, options.temporality ?? 'cumulative')
  const collectNow = (): CollectionResult => {
    const errors: unknown[] = []
    const scopes = new Map<string, ScopeMetrics>()
    try {
      const all = readings()
      // What begins while they are gathered begins before this collection ends.
      reader.begin()
      for (const reading of all) {
        try {
          if (reading.spec.exportTo !== undefined && !reading.spec.exportTo.includes('otlp')) continue
          const data = toMetricData(reading, reader)
          if (data === undefined) continue
          let scope = scopes.get(reading.scope)
          if (scope === undefined) {
            scope = { scope: { name: reading.scope }, metrics: [] }
            scopes.set(reading.scope, scope)
          }
          scope.metrics.push(data)
        } catch (error) {
          errors.push(error)
        }
      }
    } catch (error) {
      errors.push(error)
    }
    return { resourceMetrics: { resource: emptyResource, scopeMetrics: [...scopes.values()] }, errors }
  }
  return { collect: async () => collectNow(), collectNow }
}

function toMetricData(reading: MetricReading, reader: PointReader): MetricData | undefined {
  const { spec } = reading
  const descriptor = {
    name: reading.otlpName,
    description: spec.help,
    unit: spec.unit ?? '',
    valueType: DOUBLE_VALUES,
  }
  const temporality = reader.temporality === 'delta' ? DELTA : CUMULATIVE
  switch (spec.kind) {
    case 'counter':
      return some(reader.sums(reading), (dataPoints) => ({
        descriptor,
        aggregationTemporality: temporality,
        dataPointType: SUM_POINTS,
        isMonotonic: true,
        dataPoints,
      }))
    case 'upDownCounter':
      return some(reader.values(reading), (dataPoints) => ({
        descriptor,
        aggregationTemporality: CUMULATIVE,
        dataPointType: SUM_POINTS,
        isMonotonic: false,
        dataPoints,
      }))
    case 'gauge':
      return some(reader.values(reading), (dataPoints) => ({
        descriptor,
        aggregationTemporality: CUMULATIVE,
        dataPointType: GAUGE_POINTS,
        dataPoints,
      }))
    case 'histogram':
      if (spec.aggregation === 'exponential') {
        return some(reader.exponentials(reading), (dataPoints) => ({
          descriptor,
          aggregationTemporality: temporality,
          dataPointType: EXPONENTIAL_POINTS,
          dataPoints,
        }))
      }
      return some(reader.histograms(reading), (dataPoints) => ({
        descriptor,
        aggregationTemporality: temporality,
        dataPointType: HISTOGRAM_POINTS,
        dataPoints,
      }))
    // T3: OTLP has no instrument for a summary; its honest content is a histogram without bounds.
    case 'summary':
      return some(reader.histograms(reading), (dataPoints) => ({
        descriptor,
        aggregationTemporality: temporality,
        dataPointType: HISTOGRAM_POINTS,
        dataPoints,
      }))
  }
}

function some<T>(points: DataPoint<T>[], make: (points: DataPoint<T>[]) => MetricData): MetricData | undefined {
  return points.length === 0 ? undefined : make(points)
}
