import type { HrTime } from '@opentelemetry/api'
import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'
import { type Store, toHrTime } from '@quipu/store'

/** `AggregationTemporality.DELTA`: its package is not loaded for a number. */
const DELTA = 0
/** Most starts that are remembered because they could not stay as they were. */
const MAX_MOVED = 10_000

/**
 * Dates the points of OpenTelemetry's own instruments by the recorder's timeline. They have the wall clock's time: after it
 * was set back they would end before they start, or before the last ones ended, which back ends reject. A collection ends
 * for them when it ends for the catalogue's points; a delta starts where the collection before it ended.
 */
export function createTimeAligner(clock: Store['clock']): (batch: ResourceMetrics) => ResourceMetrics {
  /** Starts that were not before the first end, and what they are instead. */
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
    // Not the end itself: receivers drop a first point without duration, since nothing says what it counts from.
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
    // Points of the same kind as before, whichever that is.
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

/** When a collection ended: all of its points end then. */
function endOf(scopes: readonly ScopeMetrics[]): HrTime | undefined {
  for (const { metrics } of scopes)
    for (const { dataPoints } of metrics) for (const { endTime } of dataPoints) return endTime
  return undefined
}

function toMs([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6
}
