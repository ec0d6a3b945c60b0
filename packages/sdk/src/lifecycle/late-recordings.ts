import type { Recorder } from '@quipu/core'

/** `AggregationTemporality.DELTA`; gauges and up-down counters, which are read whether they changed or not, have the other. */
const DELTA = 0

/**
 * Counts what is recorded after the last export has begun: nothing exports it any more.
 * @returns a function that counts the series that have changed since, without those that an export changes itself
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
