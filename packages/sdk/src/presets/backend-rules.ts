type Temporality = 'cumulative' | 'delta'
type Protocol = 'http/json' | 'http/protobuf'
type Histograms = 'explicit' | 'exponential'

interface BackendRule {
  /** What it takes; the first is what a preset chooses. */
  readonly temporality: readonly [Temporality, ...Temporality[]]
  readonly protocol: readonly [Protocol, ...Protocol[]]
  readonly histograms: readonly [Histograms, ...Histograms[]]
  /** Why not the rest: what its documentation, or an attempt, says. */
  readonly because: string
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
  },
  dynatrace: {
    temporality: ['delta'],
    protocol: ['http/protobuf'],
    histograms: ['explicit'],
    because:
      'Dynatrace rejects cumulative counters, answers 415 to JSON and keeps of exponential histograms no more than their sum',
  },
  honeycomb: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'Honeycomb documents gauges, sums and histograms',
  },
  grafanaCloud: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'Grafana Cloud keeps metrics in Mimir, which takes cumulative ones',
  },
  splunk: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit'],
    because: 'Splunk’s ingest takes protobuf with cumulative metrics',
  },
  elastic: {
    temporality: ['delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit'],
    because: 'Elastic drops cumulative histograms',
  },
  prometheus: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'Prometheus takes cumulative metrics, in protobuf',
  },
  mimir: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'Mimir takes cumulative metrics',
  },
  victoriaMetrics: {
    temporality: ['cumulative'],
    protocol: ['http/protobuf'],
    histograms: ['explicit', 'exponential'],
    because: 'VictoriaMetrics answers 400 to JSON',
  },
  signoz: {
    temporality: ['cumulative', 'delta'],
    protocol: ['http/protobuf', 'http/json'],
    histograms: ['explicit', 'exponential'],
    because: 'SigNoz takes both',
  },
} as const satisfies { readonly [name: string]: BackendRule }

export type BackendName = keyof typeof backendRules

/** What is chosen for a back end, out of what it takes. */
export type BackendChoice<B extends BackendName> = {
  readonly [K in 'temporality' | 'protocol' | 'histograms']: (typeof backendRules)[B][K][number]
}
