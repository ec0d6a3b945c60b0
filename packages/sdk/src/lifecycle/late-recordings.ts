import type { Recorder } from '@quipu/core'

/**
 * `AggregationTemporality.DELTA`. Gauges and up-down counters have the other temporality; their points exist even without a
 * change.
 */
const DELTA = 0

/**
 * Counts values recorded after the last export has begun, which are never exported.
 * @returns a function that counts the series that have changed since, without those that exports change themselves
 */
export function countLateRecordings(recorder: Pick<Recorder, 'producer'>): () => number {
  const producer = recorder.producer({ temporality: 'delta' })
  producer.collectNow()
  return () => {
    const { scopeMetrics } = producer.collectNow().resourceMetrics
    const metrics = scopeMetrics.flatMap((scope) => scope.metrics)
    return metrics
      .filter((metric) => metric.aggregationTemporality === DELTA && !metric.descriptor.name.startsWith('quipu_'))
      .reduce((sum, { dataPoints }) => sum + dataPoints.length, 0)
  }
}
