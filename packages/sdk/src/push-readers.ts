import type { AggregationOption, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { MetricProducer, Recorder } from '@quipu/core'
import type { Configuration } from './configuration.js'
import { createExportLedger, type ExportLedger } from './export-ledger.js'
import { loadOtlpMetricExporter, loadOtlpTransformer, loadSdkMetrics } from './load-opentelemetry.js'
import type { OtlpMetricsConfiguration } from './otlp-configuration.js'
import { createOtlpSender } from './otlp-sender.js'
import { createOtlpTransport } from './otlp-transport.js'
import { USER_AGENT } from './version.js'

/** A way out that pushes: its reader, and what became of the points. */
export interface PushReader {
  readonly reader: InstanceType<ReturnType<typeof loadSdkMetrics>['PeriodicExportingMetricReader']>
  readonly ledger: ExportLedger
  /** Points that are under way or wait for another try. */
  held(): number
  /** Nobody waits for a better time from now on. */
  hurry(): void
  /** Gives up what is under way. */
  abort(): void
}

/** The readers that push, as configured: OTLP, console, both or none. */
export function createPushReaders(
  recorder: Recorder,
  configuration: Configuration,
  leads: () => boolean,
): readonly PushReader[] {
  return [
    ...(configuration.otlp === undefined ? [] : [otlpReader(recorder, configuration, configuration.otlp, leads)]),
    ...(configuration.console ? [consoleReader(recorder, configuration)] : []),
  ]
}

function otlpReader(
  recorder: Recorder,
  configuration: Configuration,
  otlp: OtlpMetricsConfiguration,
  leads: () => boolean,
): PushReader {
  const { OTLPMetricExporterBase } = loadOtlpMetricExporter()
  const { JsonMetricsSerializer, ProtobufMetricsSerializer } = loadOtlpTransformer()
  const ledger = createExportLedger('otlp', recorder)
  const transport = createOtlpTransport(otlp, USER_AGENT, () => ledger.retried())
  const sender = createOtlpSender<ResourceMetrics>({
    serializer: otlp.protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer,
    transport,
    ledger,
    countOf: countPoints,
    isMuted: () => !leads(),
    undelivered: otlp.temporality === 'cumulative' ? 'replace' : 'repeat',
  })
  const { AggregationType } = loadSdkMetrics()
  const exporter = new OTLPMetricExporterBase(sender, {
    temporalityPreference: temporalityPreference(otlp.temporality),
    ...(otlp.histograms === 'exponential' && {
      aggregationPreference: (type: string): AggregationOption =>
        type === 'HISTOGRAM' ? { type: AggregationType.EXPONENTIAL_HISTOGRAM } : { type: AggregationType.DEFAULT },
    }),
  })
  const temporality = otlp.temporality === 'cumulative' ? 'cumulative' : 'delta'
  return {
    reader: periodicReader(
      configuration,
      exporter,
      noted(recorder.producer({ temporality }), sender.begin),
      otlp.maxPointsPerRequest,
    ),
    ledger,
    held: sender.held,
    hurry: transport.hurry,
    abort: transport.abort,
  }
}

function temporalityPreference(temporality: OtlpMetricsConfiguration['temporality']) {
  const { AggregationTemporalityPreference } = loadOtlpMetricExporter()
  return {
    cumulative: AggregationTemporalityPreference.CUMULATIVE,
    delta: AggregationTemporalityPreference.DELTA,
    lowmemory: AggregationTemporalityPreference.LOWMEMORY,
  }[temporality]
}

function consoleReader(recorder: Recorder, configuration: Configuration): PushReader {
  const { ConsoleMetricExporter } = loadSdkMetrics()
  const ledger = createExportLedger('console', recorder)
  const inner = new ConsoleMetricExporter()
  const exporter: PushMetricExporter = {
    export: (batch, done) =>
      inner.export(batch, (result) => {
        const count = countPoints(batch)
        if (result.code === 0) ledger.delivered(count)
        else ledger.failed(0, count, result.error ?? new Error('the console exporter failed'))
        done(result)
      }),
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
    selectAggregationTemporality: (type) => inner.selectAggregationTemporality(type),
  }
  const reader = periodicReader(configuration, exporter, recorder.producer(), undefined)
  return { reader, ledger, held: () => 0, hurry: () => undefined, abort: () => undefined }
}

/** A producer that says when it is asked: a collection begins. */
function noted(producer: MetricProducer, begin: () => void): MetricProducer {
  return {
    collect(options) {
      begin()
      return producer.collect(options)
    },
  }
}

/** One producer a reader: a delta producer remembers what it gave last. */
function periodicReader(
  { intervalMs, exportTimeoutMs }: Configuration,
  exporter: PushMetricExporter,
  producer: MetricProducer,
  maxPoints: number | undefined,
): PushReader['reader'] {
  const { PeriodicExportingMetricReader } = loadSdkMetrics()
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [producer],
    ...(maxPoints !== undefined && { maxExportBatchSize: maxPoints }),
  })
}

function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
