import type { MetricProducer } from '@quipu/core'
import { toPoints } from './to-points.js'

/** As much of a registry as is read: prom-client's 14 and 15, and whatever gives the same JSON. */
export interface PromClientRegistry {
  getMetricsAsJSON(): Promise<readonly unknown[]> | readonly unknown[]
}

type Collection = Awaited<ReturnType<MetricProducer['collect']>>

const emptyResource: Collection['resourceMetrics']['resource'] = {
  attributes: {},
  merge: (other) => other ?? emptyResource,
  getRawAttributes: () => [],
}

/**
 * Makes a MetricProducer (OpenTelemetry) of the metrics that an application has in a prom-client registry, so that they
 * are on the page `/metrics` and in OTLP exports without a change to the code that records them. Collects when it is read;
 * a registry that rejects costs its own metrics and is reported in `errors`. A summary keeps its count and sum, without
 * quantiles. Never throws and never rejects.
 *
 * @example
 * start({ producers: [bridge(register)] })
 */
export function bridge(registry: PromClientRegistry): MetricProducer {
  const startedAt = toHrTime(Date.now())
  return {
    async collect() {
      const metrics: Collection['resourceMetrics']['scopeMetrics'][number]['metrics'] = []
      const errors: unknown[] = []
      try {
        const times = { startTime: startedAt, endTime: toHrTime(Date.now()) }
        for (const metric of await registry.getMetricsAsJSON()) {
          const data = toPoints(metric, times)
          if (data !== undefined) metrics.push(data)
        }
      } catch (error) {
        errors.push(error)
      }
      const scopeMetrics = metrics.length === 0 ? [] : [{ scope: { name: 'prom-client' }, metrics }]
      return { resourceMetrics: { resource: emptyResource, scopeMetrics }, errors }
    },
  }
}

function toHrTime(unixMs: number): [seconds: number, nanoseconds: number] {
  return [Math.floor(unixMs / 1000), Math.round((unixMs % 1000) * 1e6)]
}
