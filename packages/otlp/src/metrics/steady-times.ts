import type { HrTime } from '@opentelemetry/api'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

interface Moment {
  /** When it was, by the monotonic clock. */
  readonly atMs: number
  /** What is said of it, since the wall clock was last set. */
  saidMs: number
}

/** Beyond this the wall clock was set, not slewed: as the recorder's clock has it. */
const STEP_MS = 10_000
/** Most starts that are remembered: of deltas there is one a collection, of cumulative series one each. */
const MAX_STARTS = 10_000

/**
 * Sets the starts of points right that were taken before the wall clock was set. OpenTelemetry's own instruments have the
 * wall clock's time as it was when they began: after a step back their points would end before they start, which back ends
 * reject. The catalogue's points need it not (docs/decisions, "time").
 */
export function createSteadyTimes(
  monotonicMs: () => number = () => performance.now(),
): (batch: ResourceMetrics) => ResourceMetrics {
  const beganMs = monotonicMs()
  /** Moments of the wall clock, by what it said then. */
  const moments = new Map<number, Moment>()

  function remember(wallMs: number, atMs: number): Moment {
    if (moments.size >= MAX_STARTS) for (const [oldest] of moments) if (moments.delete(oldest)) break
    const moment = { atMs, saidMs: wallMs }
    moments.set(wallMs, moment)
    return moment
  }

  /** The start that is as long before the end as it really was; undefined when it is that already. */
  function startFor(start: HrTime, end: HrTime, nowMs: number): HrTime | undefined {
    const [startMs, endMs] = [toMs(start), toMs(end)]
    let moment = moments.get(startMs)
    if (moment === undefined) {
      // Not seen before: it says when it was, unless the clock was set since.
      const guess = nowMs - (endMs - startMs)
      moment = remember(startMs, guess <= nowMs && guess >= beganMs - STEP_MS ? guess : beganMs)
    }
    // The latest to be asked for is the last to be forgotten.
    moments.delete(startMs)
    moments.set(startMs, moment)
    const right = endMs - (nowMs - moment.atMs)
    // Once for each step: a start that moves is a reset to a back end.
    if (Math.abs(right - moment.saidMs) > STEP_MS || endMs < moment.saidMs) moment.saidMs = Math.min(right, endMs)
    return moment.saidMs === startMs ? undefined : toHrTime(moment.saidMs)
  }

  function steady(metric: MetricData, nowMs: number): MetricData {
    const dataPoints = metric.dataPoints.map((point) => {
      const startTime = startFor(point.startTime, point.endTime, nowMs)
      if (!moments.has(toMs(point.endTime))) remember(toMs(point.endTime), nowMs)
      return startTime === undefined ? point : { ...point, startTime }
    })
    // Of the same kind as before, whichever that is.
    return { ...metric, dataPoints } as MetricData
  }

  return ({ resource, scopeMetrics }) => {
    const nowMs = monotonicMs()
    return {
      resource,
      scopeMetrics: scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: scope.name.startsWith('quipu.') ? metrics : metrics.map((metric) => steady(metric, nowMs)),
      })),
    }
  }
}

function toMs([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6
}

function toHrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000)
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6))]
}
