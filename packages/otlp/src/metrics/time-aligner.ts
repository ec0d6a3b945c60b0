import type { HrTime } from '@opentelemetry/api'
import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'
import { type Store, toHrTime } from '@quipu/store'

/** `AggregationTemporality.DELTA`: its package is not loaded for a number. */
const DELTA = 0
/** Maximum number of stored starts that had to be moved. */
const MAX_MOVED = 10_000

/**
 * Converts the times of OpenTelemetry's own instruments to the recorder's timeline. Their times are wall-clock times:
 * after the clock was set back, points would end before their start or before the previous points, which back ends
 * reject. All points of a collection end at the same time; a delta starts at the end of the previous collection.
 */
export function createTimeAligner(clock: Store['clock']): (batch: ResourceMetrics) => ResourceMetrics {
  /** Starts that were not before the first end, with their replacements. */
  const moved = new Map<number, HrTime>()
  let lastWallEndMs: number | undefined
  let lastEnd: HrTime = [0, 0]

  function startOf(startTime: HrTime, isDelta: boolean, end: HrTime): HrTime {
    const startMs = toMs(startTime)
    if (isDelta && startMs === lastWallEndMs) return lastEnd
    const known = moved.get(startMs)
    if (known !== undefined) return known
    if (startMs < toMs(end)) return startTime
    if (moved.size >= MAX_MOVED) moved.clear()
    // Not the end itself: receivers drop a first point without duration, because its start is unknown.
    const start = toHrTime(toMs(end) - 1)
    moved.set(startMs, start)
    return start
  }

  function align(metric: MetricData, endTime: HrTime): MetricData {
    const isDelta = metric.aggregationTemporality === DELTA
    const dataPoints = metric.dataPoints.map((point) => ({
      ...point,
      startTime: startOf(point.startTime, isDelta, endTime),
      endTime,
    }))
    // The points keep their kind.
    return { ...metric, dataPoints } as MetricData
  }

  return ({ resource, scopeMetrics }) => {
    const end = endOf(scopeMetrics.filter(isOwn)) ?? toHrTime(clock.toUnixMs(clock.monotonicMs()))
    const wallEnd = endOf(scopeMetrics.filter((scope) => !isOwn(scope)))
    const aligned = scopeMetrics.map((scope) =>
      isOwn(scope) ? scope : { scope: scope.scope, metrics: scope.metrics.map((metric) => align(metric, end)) },
    )
    if (wallEnd !== undefined) lastWallEndMs = toMs(wallEnd)
    lastEnd = end
    return { resource, scopeMetrics: aligned }
  }
}

function isOwn({ scope }: ScopeMetrics): boolean {
  return scope.name.startsWith('quipu.')
}

/** The end of a collection and of all its points. */
function endOf(scopes: readonly ScopeMetrics[]): HrTime | undefined {
  for (const { metrics } of scopes)
    for (const { dataPoints } of metrics) for (const { endTime } of dataPoints) return endTime
  return undefined
}

function toMs([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6
}
