import type { MetricSpecs } from '../types.js'

/** Responses that last as long as their client listens: beside `app_request_duration_seconds`, whose quantiles they would spoil. */
export const streamMetrics = {
  app_stream_duration_seconds: {
    kind: 'histogram',
    help: 'Duration of event streams in seconds',
    unit: 's',
    labels: {
      endpoint: { class: 'route', help: 'Route template, never a path with its parameters' },
      method: 'method',
    },
    buckets: [1, 5, 10, 30, 60, 300, 600, 1800, 3600],
    privacy: 'none',
    merge: 'sum',
    vocabulary: 'quipu',
    source: 'usage.md §10',
  },
} as const satisfies MetricSpecs
