import { httpMethods } from '../http-methods.js'
import type { MetricSpecs } from '../types.js'

/** The methods of the conventions; all others are `_OTHER`. */
const method = [...httpMethods, '_OTHER'] as const
const scheme = ['http', 'https'] as const
const version = { values: ['1.0', '1.1', '2', '3'], optional: true } as const
const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const
const bytes = [0, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000] as const

const common = { privacy: 'none', merge: 'sum', vocabulary: 'semconv', source: 'semantic conventions: HTTP' } as const
const serverLabels = {
  'http.request.method': method,
  'http.response.status_code': { class: 'status', optional: true },
  'http.route': { class: 'route', optional: true },
  'url.scheme': scheme,
  'network.protocol.version': version,
  'error.type': { class: 'errorType', optional: true },
} as const
/** 200 routes with a few methods and status codes each. */
const budget = 5000

/** HTTP metrics of OpenTelemetry's semantic conventions. */
export const semconvHttpMetrics = {
  'http.server.request.duration': {
    ...common,
    kind: 'histogram',
    help: 'Duration of HTTP server requests.',
    unit: 's',
    labels: serverLabels,
    buckets: seconds,
    budget,
  },
  'http.server.active_requests': {
    ...common,
    kind: 'upDownCounter',
    help: 'Number of active HTTP server requests.',
    unit: '{request}',
    labels: { 'http.request.method': method, 'url.scheme': scheme },
    merge: 'live',
  },
  'http.server.request.body.size': {
    ...common,
    kind: 'histogram',
    help: 'Size of HTTP server request bodies.',
    unit: 'By',
    labels: serverLabels,
    buckets: bytes,
    budget,
  },
  'http.server.response.body.size': {
    ...common,
    kind: 'histogram',
    help: 'Size of HTTP server response bodies.',
    unit: 'By',
    labels: serverLabels,
    buckets: bytes,
    budget,
  },
  'http.client.request.duration': {
    ...common,
    kind: 'histogram',
    help: 'Duration of HTTP client requests.',
    unit: 's',
    labels: {
      'http.request.method': method,
      'http.response.status_code': { class: 'status', optional: true },
      'server.address': { class: 'host', budget: 50 },
      'server.port': { class: 'name', budget: 50, optional: true },
      'network.protocol.version': version,
      'error.type': { class: 'errorType', optional: true },
    },
    buckets: seconds,
    budget,
  },
} as const satisfies MetricSpecs
