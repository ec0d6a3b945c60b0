import './default-lines.js'

export { DimensionNames, MetricNames } from '@quipu/catalog/builtin'
export { UsageMetrics, type UsageMetricsOptions } from '@quipu/core'
