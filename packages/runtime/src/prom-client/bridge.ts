import type { MetricProducer } from '@quipu/core'
import { toPoints } from './to-points.js'

/** The parts of a registry that are read: prom-client 14 and 15, @prometheus-io/client, @platformatic/prom-client. */
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
 * Creates an OpenTelemetry MetricProducer from a prom-client registry, so that its metrics are on the page `/metrics`
 * and in OTLP exports without changes to the code that records them. It collects when it is read. If the registry
 * rejects, its metrics are missing and `errors` has the reason. A summary keeps its count and sum, without quantiles.
 *
 * @param registry a registry of prom-client, @prometheus-io/client or @platformatic/prom-client, such as its `register`
 * @returns a producer for `start({ producers })`; never throws, never rejects
 * @see https://opentelemetry.io/docs/specs/otel/metrics/sdk/#metricproducer
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
          try {
            const data = toPoints(metric, times)
            if (data !== undefined) metrics.push(data)
          } catch (error) {
            errors.push(error)
          }
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
