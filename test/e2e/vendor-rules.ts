import type { VendorPoint } from './vendor-backend.js'

/**
 * A vendor's documented rules for its intake (docs/presets.md has the sources). Written from the documentation, not from
 * the presets' own table, so that a wrong preset fails here.
 */
export interface VendorRules {
  readonly path: string
  /** Required headers, and the response without them. */
  readonly headers?: { readonly [name: string]: { readonly value: string; readonly status: 400 | 401 | 403 } }
  /** Response to JSON; undefined if it is accepted. */
  readonly json?: 400 | 415
  /** Maximum bytes of a request as sent and uncompressed, and maximum points; larger requests get 413. */
  readonly sentBytes?: number
  readonly bytes?: number
  readonly points?: number
  /** Required resource attributes; requests without them get 400. */
  readonly resource?: readonly string[]
  /** Reason for rejecting a point. */
  readonly refuses?: (point: VendorPoint) => string | undefined
  /** Response to a request with such a point: an error, or a partial success. Default partial success. */
  readonly rejection?: 400 | 500
}

const isDistribution = ({ kind }: VendorPoint): boolean => kind === 'histogram' || kind === 'exponentialHistogram'
const isCounter = (point: VendorPoint): boolean => isDistribution(point) || (point.kind === 'sum' && point.isMonotonic)

const noCumulative = (point: VendorPoint) =>
  isCounter(point) && !point.isDelta ? `${point.name} is cumulative` : undefined
const noDelta = (point: VendorPoint) => (point.isDelta ? `${point.name} is delta` : undefined)

export const vendorRules = {
  collector: { path: '/v1/metrics' },
  datadog: {
    path: '/v1/metrics',
    headers: { 'dd-api-key': { value: 'k', status: 403 } },
    sentBytes: 500_000,
    bytes: 5_000_000,
    refuses: noCumulative,
    rejection: 400,
  },
  datadogAgent: { path: '/v1/metrics' },
  newrelic: {
    path: '/v1/metrics',
    headers: { 'api-key': { value: 'k', status: 403 } },
    sentBytes: 1_000_000,
    refuses: (point) =>
      point.kind === 'sum' && point.isDelta && !point.isMonotonic ? `${point.name} goes down, and is delta` : undefined,
  },
  dynatrace: {
    path: '/api/v2/otlp/v1/metrics',
    headers: { authorization: { value: 'Api-Token t', status: 401 } },
    json: 415,
    bytes: 4_000_000,
    points: 15_000,
    refuses: (point) =>
      point.kind === 'sum' && point.isMonotonic && !point.isDelta
        ? 'UNSUPPORTED_METRIC_TYPE_MONOTONIC_CUMULATIVE_SUM'
        : (noCumulative(point) ?? (point.name.length < 2 || point.name.length > 255 ? 'METRIC_KEY_LENGTH' : undefined)),
  },
  honeycomb: {
    path: '/v1/metrics',
    headers: {
      'x-honeycomb-team': { value: 'k', status: 401 },
      // Honeycomb itself would store it in a default dataset.
      'x-honeycomb-dataset': { value: 'd', status: 400 },
    },
  },
  grafanaCloud: {
    path: '/otlp/v1/metrics',
    headers: { authorization: { value: 'Basic MTI6dA==', status: 401 } },
    refuses: noDelta,
    rejection: 400,
  },
  splunk: {
    path: '/v2/datapoint/otlp',
    headers: { 'x-sf-token': { value: 't', status: 401 } },
    json: 415,
    refuses: noDelta,
    rejection: 400,
  },
  elastic: {
    path: '/v1/metrics',
    headers: { authorization: { value: 'ApiKey k', status: 401 } },
    refuses: (point) => (isDistribution(point) && !point.isDelta ? `${point.name} is cumulative` : undefined),
  },
  prometheus: { path: '/api/v1/otlp/v1/metrics', refuses: noDelta, rejection: 500 },
  mimir: {
    path: '/otlp/v1/metrics',
    headers: { 'x-scope-orgid': { value: 't', status: 401 } },
    json: 415,
    refuses: noDelta,
    rejection: 400,
  },
  victoriaMetrics: { path: '/opentelemetry/v1/metrics', json: 400 },
  signoz: {
    path: '/v1/metrics',
    headers: { 'signoz-ingestion-key': { value: 'k', status: 401 } },
    refuses: ({ kind, name }) => (kind === 'exponentialHistogram' ? `${name} is exponential` : undefined),
  },
  // These three need a Collector that signs requests or has a token: see vendors-printed.test.ts.
  cloudwatch: { path: '/v1/metrics' },
  azure: { path: '/otlp/v1/metrics', refuses: noCumulative, rejection: 400 },
  gcp: {
    path: '/v1/metrics',
    points: 200,
    resource: ['gcp.project_id'],
    refuses: ({ name, attributes }) =>
      /^[a-zA-Z][a-zA-Z0-9_:./]*$/.test(name) &&
      Object.keys(attributes).every((key) => /^[a-zA-Z_][a-zA-Z0-9_.]*$/.test(key))
        ? undefined
        : `${name} or a key of it has a character that is not allowed`,
    rejection: 400,
  },
} as const satisfies { readonly [vendor: string]: VendorRules }

export type VendorName = keyof typeof vendorRules
