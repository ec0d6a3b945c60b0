import type { MetricSpecs } from '../types.js'

/**
 * Responses that last as long as their client listens. They would distort the quantiles of
 * `app_request_duration_seconds`.
 */
export const streamMetrics = {
  app_stream_duration_seconds: {
    kind: 'histogram',
    help: 'Duration of event streams in seconds',
    unit: 's',
    labels: {
      endpoint: { class: 'route', help: 'Route template, never a path with parameter values' },
      method: 'method',
    },
    buckets: [1, 5, 10, 30, 60, 300, 600, 1800, 3600],
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'quipu',
    source: 'usage.md §10',
  },
} as const satisfies MetricSpecs
