import { diag } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import type { AggregationOption, MetricProducer, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'
import type { OtlpMetricsConfiguration } from '../endpoint.js'
import { loadMetricExporter, loadSdkMetrics, loadTransformer } from '../optional.cjs'
import { createFailureReport } from '../report-failure.js'
import { createExportLedger } from '../send/export-ledger.js'
import { createOtlpSender } from '../send/otlp-sender.js'
import { createSpool } from '../spool/spool.js'
import { createTransport } from '../transport/create-transport.js'
import { sendNow } from '../transport/send-now.js'
import { createTimeAligner } from './align-times.js'
import { collectInstrumentsNow } from './collect-now.js'
import { countPoints, createPeriodicReader, type MetricExport, type PushReader, producerOf } from './push-reader.js'
import { splitMetrics } from './split-metrics.js'

/** OTLP: OpenTelemetry's reader and exporter around our sender; with a spool, also what is left when the process exits. */
export function createOtlpReader(
  context: MetricExport,
  otlp: OtlpMetricsConfiguration,
  resource: () => Resource,
): PushReader {
  const { recorder, group, userAgent, owners } = context
  const { OTLPMetricExporterBase } = loadMetricExporter()
  const { JsonMetricsSerializer, ProtobufMetricsSerializer } = loadTransformer()
  const ledger = createExportLedger('otlp', recorder, createFailureReport('metrics', otlp.url))
  const transport = createTransport(otlp, 'metrics', userAgent, () => ledger.retried())
  const isCumulative = otlp.temporality === 'cumulative'
  const source = producerOf(context, isCumulative ? 'cumulative' : 'delta')
  const { maxPointsPerRequest: maxPoints = Number.POSITIVE_INFINITY } = otlp
  const align = createTimeAligner(recorder.clock)
  const sender = createOtlpSender<ResourceMetrics>({
    signal: 'metrics',
    serializer: otlp.protocol === 'http/json' ? JsonMetricsSerializer : ProtobufMetricsSerializer,
    encoding: otlp.protocol === 'http/json' ? 'json' : 'protobuf',
    transport,
    ledger,
    countOf: countPoints,
    split: (batch) => splitMetrics(align(batch), maxPoints),
    isMuted: () => group?.leads() === false,
    notes: source.notes,
    undelivered: isCumulative ? 'replace' : 'repeat',
    spool: otlp.spool && createSpool(otlp.spool, 'metrics', recorder, owners),
  })
  // Deltas begin where whoever led last had told everything: what waits here in memory is told again.
  if (!isCumulative) group?.onLead(sender.removeUnstored)
  const { AggregationType } = loadSdkMetrics()
  /** Deltas that were collected and are not exported yet: the reader waits for callbacks of the host's. */
  let underWay: readonly ScopeMetrics[] = []
  const noted: MetricProducer = {
    async collect() {
      const result = source.collectNow()
      if (!isCumulative) underWay = result.resourceMetrics.scopeMetrics
      return result
    },
  }
  const delegate: typeof sender = {
    ...sender,
    export(batch, done) {
      underWay = []
      sender.export(batch, done)
    },
  }
  const exporter = new OTLPMetricExporterBase(delegate, {
    temporalityPreference: temporalityPreference(otlp.temporality),
    ...(otlp.histograms === 'exponential' && {
      aggregationPreference: (type: string): AggregationOption =>
        type === 'HISTOGRAM' ? { type: AggregationType.EXPONENTIAL_HISTOGRAM } : { type: AggregationType.DEFAULT },
    }),
  })
  const reader = createPeriodicReader(context, exporter, noted)
  const collector = collectorOf(reader)
  /** To the disk where there is one, else to the back end, while the process exits. */
  const keepNow = (scopeMetrics: ScopeMetrics[]): void => {
    const last = { resource: resource(), scopeMetrics }
    if (otlp.spool !== undefined) sender.spoolNow(last)
    else if (context.sendsAtExit) sender.sendNow(last, (bodies) => sendNow(otlp, userAgent, bodies))
  }
  const onExit = (): void => {
    recorder.guard('spool', () => {
      group?.takeOver()
      const { scopeMetrics } = source.collectNow().resourceMetrics
      keepNow([...underWay, ...scopeMetrics])
    })
    // Apart, so that nothing of it costs the catalogue anything.
    recorder.guard('spool', () => {
      const instruments = collectInstrumentsNow(collector())
      if (instruments === undefined) diag.warn(`quipu: ${NOT_COLLECTED}`)
      else keepNow([...instruments])
    })
  }
  if (otlp.spool !== undefined || context.sendsAtExit) process.on('exit', onExit)
  return {
    reader,
    ledger,
    held: sender.held,
    hurry: sender.hurry,
    abort: sender.abandon,
    close: () => void process.off('exit', onExit),
  }
}

const NOT_COLLECTED =
  'this version of OpenTelemetry keeps the numbers of its instruments elsewhere: what they recorded since the last export is lost'

/** What the SDK gives a reader to collect from. */
function collectorOf(reader: PushReader['reader']): () => object {
  let collector: object = {}
  const set = reader.setMetricProducer.bind(reader)
  reader.setMetricProducer = (producer) => {
    collector = producer
    set(producer)
  }
  return () => collector
}

function temporalityPreference(temporality: OtlpMetricsConfiguration['temporality']) {
  const { AggregationTemporalityPreference } = loadMetricExporter()
  return {
    cumulative: AggregationTemporalityPreference.CUMULATIVE,
    delta: AggregationTemporalityPreference.DELTA,
    lowmemory: AggregationTemporalityPreference.LOWMEMORY,
  }[temporality]
}
