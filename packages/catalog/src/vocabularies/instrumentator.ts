import type { MetricSpecs } from '../types.js'

const common = {
  privacy: 'none',
  merge: 'sum',
  vocabulary: 'instrumentator',
  exportTo: ['prometheus'],
  source: 'S1',
} as const
/** The template of the route, `none` when no route matched. */
const handler = { class: 'route', values: ['none'], help: 'Route template; none when no route matched' } as const
const budget = 5000

/** Metrics of Prometheus FastAPI Instrumentator in its default configuration, under its names. */
export const instrumentatorMetrics = {
  http_requests_total: {
    ...common,
    kind: 'counter',
    help: 'Total number of requests by method, status and handler.',
    labels: { handler, method: 'method', status: ['1xx', '2xx', '3xx', '4xx', '5xx'] },
    budget,
  },
  http_request_size_bytes: {
    ...common,
    kind: 'summary',
    help: 'Content length of incoming requests by handler. Only value of header is respected. Otherwise ignored. No percentile calculated.',
    unit: 'By',
    labels: { handler },
  },
  http_response_size_bytes: {
    ...common,
    kind: 'summary',
    help: 'Content length of outgoing responses by handler. Only value of header is respected. Otherwise ignored. No percentile calculated.',
    unit: 'By',
    labels: { handler },
  },
  http_request_duration_highr_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Latency with many buckets but no API specific labels. Made for more accurate percentile calculations.',
    unit: 's',
    buckets: [0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 7.5, 10, 30, 60],
  },
  http_request_duration_seconds: {
    ...common,
    kind: 'histogram',
    help: 'Latency with only few buckets by handler. Made to be only used if aggregation by handler is important.',
    unit: 's',
    labels: { handler, method: 'method' },
    buckets: [0.1, 0.5, 1],
    budget,
  },
} as const satisfies MetricSpecs
