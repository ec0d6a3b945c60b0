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
   * `cumulative` (default): totals since the start of each series. `delta`: increases since the last collection of this
   * producer; up-down counters and gauges stay totals, as the specification's delta preference defines.
   */
  readonly temporality?: 'cumulative' | 'delta'
}

const emptyResource: Resource = {
  attributes: {},
  merge: (other) => other ?? emptyResource,
  getRawAttributes: () => [],
}

/**
 * Creates a MetricProducer of the live store (OpenTelemetry metrics SDK, "MetricProducer"). Create one per reader,
 * because a delta producer stores its last values. It never rejects; `errors` has the metrics that could not be read.
 * @example
 * const producer = createProducer(() => store.readings(), clock, { temporality: 'delta' })
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
      // A series that starts while the readings are prepared starts before the collection ends.
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
    // OTLP has no instrument for a summary; the equivalent is a histogram without bounds.
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
