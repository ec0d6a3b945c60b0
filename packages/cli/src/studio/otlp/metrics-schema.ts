import type { Schema } from './read-protobuf.js'

// The fields of opentelemetry/proto/collector/metrics/v1 that a page can show.

const anyValue: Schema = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'bool' },
  3: { name: 'intValue', type: 'int64' },
  4: { name: 'doubleValue', type: 'double' },
}
const attributes = {
  name: 'attributes',
  type: { 1: { name: 'key', type: 'string' }, 2: { name: 'value', type: anyValue } } satisfies Schema,
  isRepeated: true,
}
const numberPoint: Schema = {
  4: { name: 'asDouble', type: 'double' },
  6: { name: 'asInt', type: 'sfixed64' },
  7: attributes,
}
const histogramPoint: Schema = {
  4: { name: 'count', type: 'fixed64' },
  5: { name: 'sum', type: 'double' },
  6: { name: 'bucketCounts', type: 'fixed64', isRepeated: true },
  7: { name: 'explicitBounds', type: 'double', isRepeated: true },
  9: attributes,
}
const exponentialSide: Schema = {
  1: { name: 'offset', type: 'sint32' },
  2: { name: 'bucketCounts', type: 'uint64', isRepeated: true },
}
const exponentialPoint: Schema = {
  1: attributes,
  4: { name: 'count', type: 'fixed64' },
  5: { name: 'sum', type: 'double' },
  6: { name: 'scale', type: 'sint32' },
  7: { name: 'zeroCount', type: 'fixed64' },
  8: { name: 'positive', type: exponentialSide },
  9: { name: 'negative', type: exponentialSide },
}
const temporality = { name: 'aggregationTemporality', type: 'enum' } as const
const points = (point: Schema) => ({ name: 'dataPoints', type: point, isRepeated: true })
const metric: Schema = {
  1: { name: 'name', type: 'string' },
  2: { name: 'description', type: 'string' },
  3: { name: 'unit', type: 'string' },
  5: { name: 'gauge', type: { 1: points(numberPoint) } },
  7: { name: 'sum', type: { 1: points(numberPoint), 2: temporality, 3: { name: 'isMonotonic', type: 'bool' } } },
  9: { name: 'histogram', type: { 1: points(histogramPoint), 2: temporality } },
  10: { name: 'exponentialHistogram', type: { 1: points(exponentialPoint), 2: temporality } },
}
const scopeMetrics: Schema = {
  1: { name: 'scope', type: { 1: { name: 'name', type: 'string' }, 2: { name: 'version', type: 'string' } } },
  2: { name: 'metrics', type: metric, isRepeated: true },
}

/** ExportMetricsServiceRequest. */
export const metricsRequest: Schema = {
  1: {
    name: 'resourceMetrics',
    type: {
      1: { name: 'resource', type: { 1: attributes } },
      2: { name: 'scopeMetrics', type: scopeMetrics, isRepeated: true },
    },
    isRepeated: true,
  },
}
