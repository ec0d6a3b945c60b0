type Temporality = 'cumulative' | 'delta'
type Protocol = 'http/json' | 'http/protobuf'
type Histograms = 'explicit' | 'exponential'

export interface BackendRule {
  /** Accepted forms; presets use the first. */
  readonly temporality: readonly [Temporality, ...Temporality[]]
  readonly protocol: readonly [Protocol, ...Protocol[]]
  readonly histograms: readonly [Histograms, ...Histograms[]]
  /** The reason, from the vendor's documentation or from a test. */
  readonly because: string
  /** The header of the credential, the text before the credential, and its usual variable. */
  readonly auth?: {
    readonly header: string
    readonly scheme: string
    readonly variable: string
    readonly what?: string
  }
  /**
   * Why the back end accepts no log records over OTLP. The others accept them at `/v1/logs` if metrics are at
   * `/v1/metrics`.
   */
  readonly noLogs?: string
  /**
   * Maximum number of points per request, for back ends that limit requests by points or by bytes (300 to 600 per
   * point).
   */
  readonly maxPoints?: number
}

/** The forms that each back end accepts. Compare the table with the vendors' documentation. */
export const backendRules = {
  collector: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'a Collector accepts every form',
  },
  datadog: {
    temporality: ['delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'Datadog’s OTLP intake rejects cumulative metrics',
    auth: { header: 'dd-api-key', scheme: '', variable: 'DD_API_KEY' },
    // 500 KB per request as sent, 5 MB uncompressed; larger ones get 413.
    maxPoints: 2000,
  },
  datadogAgent: {
    temporality: ['delta', 'cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'the Agent accepts both',
  },
  newrelic: {
    temporality: ['delta', 'cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['exponential', 'explicit'],
    because: 'New Relic accepts both and recommends delta and exponential histograms',
    auth: { header: 'api-key', scheme: '', variable: 'NEW_RELIC_LICENSE_KEY' },
    // 1 MB per request; larger ones get 413.
    maxPoints: 2000,
  },
  dynatrace: {
    temporality: ['delta'],
    protocol: ['http/protobuf'],
    histograms: ['explicit'],
    because:
      'Dynatrace rejects cumulative counters, responds 415 to JSON and keeps only the sum of exponential histograms',
    auth: { header: 'authorization', scheme: 'Api-Token ', variable: 'DT_API_TOKEN' },
    // 4 MB per request uncompressed, and 15,000 points; larger requests are dropped.
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
    because: 'Grafana Cloud keeps metrics in Mimir, which accepts cumulative ones',
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
    because: 'Splunk’s ingest accepts protobuf with cumulative metrics',
    auth: { header: 'x-sf-token', scheme: '', variable: 'SPLUNK_ACCESS_TOKEN' },
    noLogs:
      'Splunk Observability Cloud accepts no log records over OTLP: send them to a Splunk platform, through a Collector',
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
    because: 'Prometheus responds 500 to delta metrics',
    noLogs: 'Prometheus accepts metrics only',
  },
  mimir: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'Mimir accepts cumulative metrics',
    noLogs: 'Mimir accepts metrics only; Loki accepts log records',
  },
  victoriaMetrics: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'VictoriaMetrics responds 400 to JSON',
    noLogs: 'VictoriaMetrics accepts metrics only; VictoriaLogs accepts log records, at /insert/opentelemetry/v1/logs',
  },
  signoz: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'SigNoz Cloud accepts no exponential histograms',
    auth: { header: 'signoz-ingestion-key', scheme: '', variable: 'SIGNOZ_INGESTION_KEY' },
  },
} as const satisfies { readonly [name: string]: BackendRule }

export type BackendName = keyof typeof backendRules

export function isBackend(value: unknown): value is BackendName {
  return typeof value === 'string' && Object.hasOwn(backendRules, value)
}

/** The options of a back end, restricted to accepted forms. */
export type BackendChoice<B extends BackendName> = {
  readonly [K in 'temporality' | 'protocol' | 'histograms']: (typeof backendRules)[B][K][number]
}
