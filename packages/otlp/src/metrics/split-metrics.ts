import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'

/**
 * Splits a collection into requests of at most `maxPoints` data points. OpenTelemetry's reader would export them one
 * after the other, and the rest of a collection would be lost without a count if one hangs.
 */
export function splitMetrics(batch: ResourceMetrics, maxPoints: number): readonly ResourceMetrics[] {
  const parts: ScopeMetrics[][] = []
  let room = 0
  const add = (scope: ScopeMetrics['scope'], metric: MetricData): void => {
    if (room === 0) {
      parts.push([])
      room = maxPoints
    }
    room -= metric.dataPoints.length
    const scopes = parts.at(-1)
    const last = scopes?.at(-1)
    if (last?.scope === scope) last.metrics.push(metric)
    else scopes?.push({ scope, metrics: [metric] })
  }
  for (const { scope, metrics } of batch.scopeMetrics) {
    for (const metric of metrics) {
      for (let from = 0; from < metric.dataPoints.length; ) {
        const to = from + (room === 0 ? maxPoints : room)
        add(scope, sliced(metric, from, to))
        from = to
      }
    }
  }
  return parts.map((scopeMetrics) => ({ resource: batch.resource, scopeMetrics }))
}

/** Some points of a metric; their kind stays the same. */
function sliced(metric: MetricData, from: number, to: number): MetricData {
  return { ...metric, dataPoints: metric.dataPoints.slice(from, to) } as MetricData
}
