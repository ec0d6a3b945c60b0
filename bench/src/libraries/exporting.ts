/** An application that exports one counter, `user_action_total`, over OTLP in JSON. */
export interface Exporting {
  add(): void
  shutdown(): Promise<unknown>
}

export interface ExportingOptions {
  readonly url: string
  readonly intervalMs: number
  /** Time limit of one export including retries; default: the library's own. */
  readonly timeoutMs?: number
  readonly temporality: 'cumulative' | 'delta'
}

export const EXPORTED_METRIC = 'user_action_total'

/** Starts an application; undefined if a library has no OTLP export, or is not built. */
export async function openExporting(library: string, options: ExportingOptions): Promise<Exporting | undefined> {
  if (library === 'otel') return openOtel(options)
  return library === 'quipu' ? openQuipu(options) : undefined
}

async function openOtel({ url, intervalMs, timeoutMs, temporality }: ExportingOptions): Promise<Exporting> {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
  const { AggregationTemporality, MeterProvider, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const temporalityPreference =
    temporality === 'delta' ? AggregationTemporality.DELTA : AggregationTemporality.CUMULATIVE
  const exporter = new OTLPMetricExporter({
    url: `${url}/v1/metrics`,
    temporalityPreference,
    ...(timeoutMs !== undefined && { timeoutMillis: timeoutMs }),
  })
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    ...(timeoutMs !== undefined && { exportTimeoutMillis: timeoutMs }),
  })
  const provider = new MeterProvider({ readers: [reader] })
  const counter = provider.getMeter('bench').createCounter(EXPORTED_METRIC)
  return { add: () => counter.add(1), shutdown: () => provider.shutdown() }
}

// Imported by name, so that rows without the sdk do not require it to be built.
const sdk: string = '@quipu/sdk'

/** The used parts. */
interface Sdk {
  start(options: { readonly serviceName: string }): { shutdown(): Promise<unknown> }
  trackUserAction(action: string): void
}

async function openQuipu({
  url,
  intervalMs,
  timeoutMs,
  temporality,
}: ExportingOptions): Promise<Exporting | undefined> {
  Object.assign(process.env, {
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: temporality,
    OTEL_METRIC_EXPORT_INTERVAL: String(intervalMs),
    ...(timeoutMs !== undefined && {
      OTEL_EXPORTER_OTLP_TIMEOUT: String(timeoutMs),
      OTEL_METRIC_EXPORT_TIMEOUT: String(timeoutMs),
    }),
  })
  const { start, trackUserAction } = (await import(sdk)) as Sdk
  const quipu = start({ serviceName: 'bench' })
  return { add: () => trackUserAction('export_report'), shutdown: () => quipu.shutdown() }
}
