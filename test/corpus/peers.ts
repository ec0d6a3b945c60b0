import { type Client, loadByRequire as load, type Untyped } from './client.js'
import { openChat } from './clients-openai.js'

/** The calls that a library has recorded since the last reading. */
export interface PeerRecord {
  readonly calls: number
  readonly inputTokens: number
  readonly outputTokens: number
  /** Number of calls recorded as failed. */
  readonly failures: number
}

/** Another library that observes model calls. */
export interface Peer {
  readonly name: string
  readonly packages: { readonly [name: string]: string }
  /** The recorded data that is read: metrics, or spans of a library without metrics. */
  readonly records: 'metrics' | 'spans'
  /** Starts it before the client is loaded. */
  start(): Promise<() => Promise<PeerRecord>>
}

/** The newest version of the client that all of them accept. */
export const peerClient: Client = {
  name: 'openai 6',
  packages: { openai: '6.49.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: async (url) => openChat(load('openai').OpenAI, { baseURL: `${url}/v1` }),
}

function useMetrics(): () => Promise<PeerRecord> {
  const { metrics } = load('@opentelemetry/api')
  const sdk = load('@opentelemetry/sdk-metrics')
  const exporter = new sdk.InMemoryMetricExporter(sdk.AggregationTemporality.DELTA)
  const reader = new sdk.PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  metrics.setGlobalMeterProvider(new sdk.MeterProvider({ readers: [reader] }))
  return async () => {
    await reader.forceFlush()
    const points = (name: string): Untyped[] =>
      exporter
        .getMetrics()
        .flatMap((each: Untyped) => each.scopeMetrics)
        .flatMap((each: Untyped) => each.metrics)
        .filter((each: Untyped) => each.descriptor.name === name)
        .flatMap((each: Untyped) => each.dataPoints)
    const tokens = (type: string): number =>
      points('gen_ai.client.token.usage')
        .filter(({ attributes }) => attributes['gen_ai.token.type'] === type)
        .reduce((sum, { value }) => sum + value.sum, 0)
    const calls = points('gen_ai.client.operation.duration')
    const record = {
      calls: countOf(calls),
      inputTokens: tokens('input'),
      outputTokens: tokens('output'),
      failures: countOf(calls.filter(({ attributes }) => attributes['error.type'] !== undefined)),
    }
    exporter.reset()
    return record
  }
}

const countOf = (points: readonly Untyped[]): number => points.reduce((sum, { value }) => sum + value.count, 0)

function recordOfSpans(exporter: Untyped): PeerRecord {
  const spans: Untyped[] = exporter
    .getFinishedSpans()
    .filter(({ attributes }: Untyped) => attributes['gen_ai.request.model'] !== undefined)
  const sum = (name: string): number => spans.reduce((total, { attributes }) => total + (attributes[name] ?? 0), 0)
  const record = {
    calls: spans.length,
    inputTokens: sum('gen_ai.usage.input_tokens'),
    outputTokens: sum('gen_ai.usage.output_tokens'),
    // OpenTelemetry's status code of an error.
    failures: spans.filter(({ status }) => status.code === 2).length,
  }
  exporter.reset()
  return record
}

export const peers: readonly Peer[] = [
  {
    name: '@opentelemetry/instrumentation-openai 0.22',
    packages: {
      '@opentelemetry/api': '1.10.0',
      '@opentelemetry/sdk-metrics': '3.1.1',
      '@opentelemetry/instrumentation-openai': '0.22.0',
    },
    records: 'metrics',
    async start() {
      const read = useMetrics()
      const { OpenAIInstrumentation } = load('@opentelemetry/instrumentation-openai')
      new OpenAIInstrumentation().setMeterProvider(load('@opentelemetry/api').metrics.getMeterProvider())
      return read
    },
  },
  {
    name: '@traceloop/node-server-sdk 0.27',
    packages: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/sdk-trace-node': '2.12.1',
      '@traceloop/node-server-sdk': '0.27.0',
    },
    records: 'spans',
    async start() {
      const { InMemorySpanExporter } = load('@opentelemetry/sdk-trace-node')
      const { initialize } = load('@traceloop/node-server-sdk')
      const exporter = new InMemorySpanExporter()
      initialize({ exporter, disableBatch: true, silenceInitializationMessage: true, traceloopSyncEnabled: false })
      return async () => recordOfSpans(exporter)
    },
  },
  {
    name: 'openlit 1.15',
    packages: {
      '@opentelemetry/api': '1.9.1',
      '@opentelemetry/sdk-metrics': '2.12.1',
      '@opentelemetry/sdk-trace-node': '2.12.1',
      openlit: '1.15.0',
    },
    records: 'metrics',
    async start() {
      const read = useMetrics()
      process.env.OTEL_TRACES_EXPORTER = 'none'
      load('openlit').default.init({ pricingJson: {}, disableEvents: true, captureMessageContent: false })
      return read
    },
  },
]
