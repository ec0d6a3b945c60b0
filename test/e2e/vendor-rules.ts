import type { VendorPoint } from './vendor-backend.js'

/**
 * What a vendor documents of its intake (docs/presets.md has the sources). Written from the documentation, not from the
 * presets' own table: a preset that is wrong fails here.
 */
export interface VendorRules {
  readonly path: string
  /** Headers that a request must have, and what it gets without. */
  readonly headers?: { readonly [name: string]: { readonly value: string; readonly status: 400 | 401 | 403 } }
  /** What JSON gets; undefined: it is taken. */
  readonly json?: 400 | 415
  /** Most bytes of a request as sent, after decompression, and most points: 413 beyond. */
  readonly sentBytes?: number
  readonly bytes?: number
  readonly points?: number
  /** Attributes that the resource must have: 400 without. */
  readonly resource?: readonly string[]
  /** Why a point is not taken. */
  readonly refuses?: (point: VendorPoint) => string | undefined
  /** What a request with such a point gets: an error as a whole, or a partial success. Default partial success. */
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
      // Honeycomb itself would put it into a dataset that nobody looks at.
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
  // These three are reached by a Collector that signs or has a token: vendors-printed.test.ts looks at those.
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
