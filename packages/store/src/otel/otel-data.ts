import type { Attributes, HrTime, ValueType } from '@opentelemetry/api'

/**
 * The shapes of OpenTelemetry's metric data, as both SDK lines (2.12, 3.1) define them. Copied here, because this
 * package depends on the API only; otel-data.test-d.ts compares them with the SDK's types.
 */
export interface MetricProducer {
  collect(options?: { timeoutMillis?: number }): Promise<CollectionResult>
}
/** A producer that can also be read synchronously, in a listener of `exit`. */
export interface ImmediateMetricProducer extends MetricProducer {
  collectNow(): CollectionResult
}
export interface CollectionResult {
  resourceMetrics: ResourceMetrics
  errors: unknown[]
}
export interface ResourceMetrics {
  resource: Resource
  scopeMetrics: ScopeMetrics[]
}
export interface Resource {
  readonly attributes: Attributes
  merge(other: Resource | null): Resource
  getRawAttributes(): [string, never][]
}
export interface ScopeMetrics {
  scope: { name: string; version?: string; schemaUrl?: string }
  metrics: MetricData[]
}
export interface MetricDescriptor {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly valueType: ValueType
}
/** `ValueType.DOUBLE`. */
export const DOUBLE_VALUES: ValueType.DOUBLE = 1
export const DELTA = 0
export const CUMULATIVE = 1
export const HISTOGRAM_POINTS = 0
export const EXPONENTIAL_POINTS = 1
export const GAUGE_POINTS = 2
export const SUM_POINTS = 3

interface BaseMetricData {
  readonly descriptor: MetricDescriptor
  readonly aggregationTemporality: typeof DELTA | typeof CUMULATIVE
}
export interface SumMetricData extends BaseMetricData {
  readonly dataPointType: typeof SUM_POINTS
  readonly dataPoints: DataPoint<number>[]
  readonly isMonotonic: boolean
}
export interface GaugeMetricData extends BaseMetricData {
  readonly dataPointType: typeof GAUGE_POINTS
  readonly dataPoints: DataPoint<number>[]
}
export interface HistogramMetricData extends BaseMetricData {
  readonly dataPointType: typeof HISTOGRAM_POINTS
  readonly dataPoints: DataPoint<HistogramValue>[]
}
export interface ExponentialMetricData extends BaseMetricData {
  readonly dataPointType: typeof EXPONENTIAL_POINTS
  readonly dataPoints: DataPoint<ExponentialValue>[]
}
export type MetricData = SumMetricData | GaugeMetricData | HistogramMetricData | ExponentialMetricData

export interface DataPoint<T> {
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly attributes: Attributes
  readonly value: T
}
export interface HistogramValue {
  buckets: { boundaries: number[]; counts: number[] }
  sum: number
  count: number
}
export interface ExponentialValue {
  count: number
  sum: number
  scale: number
  zeroCount: number
  positive: { offset: number; bucketCounts: number[] }
  negative: { offset: number; bucketCounts: number[] }
}
