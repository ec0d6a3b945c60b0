type Temporality = 'cumulative' | 'delta'
type Protocol = 'http/json' | 'http/protobuf'
type Histograms = 'explicit' | 'exponential'

export interface BackendRule {
  /** What it takes; the first is what a preset chooses. */
  readonly temporality: readonly [Temporality, ...Temporality[]]
  readonly protocol: readonly [Protocol, ...Protocol[]]
  readonly histograms: readonly [Histograms, ...Histograms[]]
  /** Why not the rest: what its documentation, or an attempt, says. */
  readonly because: string
  /** The header with the credential, what stands before it, and the variable that it is usually kept in. */
  readonly auth?: {
    readonly header: string
    readonly scheme: string
    readonly variable: string
    readonly what?: string
  }
  /** Why it takes no log records by OTLP; the others take them at `/v1/logs` where they have metrics at `/v1/metrics`. */
  readonly noLogs?: string
  /** Most points of a request, where the back end limits requests: by their bytes, some 300 to 600 a point, or points. */
  readonly maxPoints?: number
}

/** What each back end takes. A table to be read beside the vendors' documentation. */
export const backendRules = {
  collector: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'a Collector takes everything',
  },
  datadog: {
    temporality: ['delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'Datadog’s OTLP intake answers cumulative metrics with an error',
    auth: { header: 'dd-api-key', scheme: '', variable: 'DD_API_KEY' },
    // 500 KB a request as sent, 5 MB unpacked: 413 beyond.
    maxPoints: 2000,
  },
  datadogAgent: {
    temporality: ['delta', 'cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'the Agent takes both',
  },
  newrelic: {
    temporality: ['delta', 'cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['exponential', 'explicit'],
    because: 'New Relic takes both and recommends delta and exponential histograms',
    auth: { header: 'api-key', scheme: '', variable: 'NEW_RELIC_LICENSE_KEY' },
    // 1 MB a request: 413 beyond.
    maxPoints: 2000,
  },
  dynatrace: {
    temporality: ['delta'],
    protocol: ['http/protobuf'],
    histograms: ['explicit'],
    because:
      'Dynatrace rejects cumulative counters, answers 415 to JSON and keeps of exponential histograms no more than their sum',
    auth: { header: 'authorization', scheme: 'Api-Token ', variable: 'DT_API_TOKEN' },
    // 4 MB a request unpacked, and 15,000 points: the request is dropped beyond.
    maxPoints: 5000,
  },
  honeycomb: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'Honeycomb documents gauges, sums and histograms',
    auth: { header: 'x-honeycomb-team', scheme: '', variable: 'HONEYCOMB_API_KEY' },
  },
  grafanaCloud: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'Grafana Cloud keeps metrics in Mimir, which takes cumulative ones',
    auth: {
      header: 'authorization',
      scheme: 'Basic ',
      variable: 'GRAFANA_CLOUD_BASIC',
      what: 'base64 of the instance id, a colon and the token',
    },
  },
  splunk: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit'],
    because: 'Splunk’s ingest takes protobuf with cumulative metrics',
    auth: { header: 'x-sf-token', scheme: '', variable: 'SPLUNK_ACCESS_TOKEN' },
    noLogs:
      'Splunk Observability Cloud takes no log records by OTLP: they go to a Splunk platform, through a Collector',
  },
  elastic: {
    temporality: ['delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'Elastic drops cumulative histograms (before Elastic Stack 9.5.3)',
    auth: { header: 'authorization', scheme: 'ApiKey ', variable: 'ELASTIC_API_KEY' },
  },
  prometheus: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'Prometheus answers 500 to delta metrics',
    noLogs: 'Prometheus takes metrics only',
  },
  mimir: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'Mimir takes cumulative metrics',
    noLogs: 'Mimir takes metrics only; Loki takes log records',
  },
  victoriaMetrics: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'VictoriaMetrics answers 400 to JSON',
    noLogs: 'VictoriaMetrics takes metrics only; VictoriaLogs takes log records, at /insert/opentelemetry/v1/logs',
  },
  signoz: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'SigNoz Cloud takes no exponential histograms',
    auth: { header: 'signoz-ingestion-key', scheme: '', variable: 'SIGNOZ_INGESTION_KEY' },
  },
} as const satisfies { readonly [name: string]: BackendRule }

export type BackendName = keyof typeof backendRules

export function isBackend(value: unknown): value is BackendName {
  return typeof value === 'string' && Object.hasOwn(backendRules, value)
}

/** What is chosen for a back end, out of what it takes. */
export type BackendChoice<B extends BackendName> = {
  readonly [K in 'temporality' | 'protocol' | 'histograms']: (typeof backendRules)[B][K][number]
}
