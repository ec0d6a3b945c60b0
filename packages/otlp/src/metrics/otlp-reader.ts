import type { Resource } from '@opentelemetry/resources'
import type { ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics'
import { diag } from '@quipu/store'
import type { OtlpMetricsConfiguration } from '../endpoint.js'
import { loadTransformer } from '../optional.cjs'
import { createFailureReport } from '../report-failure.js'
import { createExportLedger, type ExportLedger } from '../send/export-ledger.js'
import { createOtlpSender, type OtlpSender } from '../send/otlp-sender.js'
import { createSpool } from '../spool/spool.js'
import { createTransport } from '../transport/create-transport.js'
import { sendNow } from '../transport/send-now.js'
import { collectInstrumentsNow } from './collect-instruments-now.js'
import { createPushLoop } from './push-loop.js'
import { countPoints, type MetricExport, type PushReader, producerOf } from './push-reader.js'
import { splitMetrics } from './split-metrics.js'
import { createTimeAligner } from './time-aligner.js'

/** Pushes metrics over OTLP; with a spool, also the last values at the exit of the process. */
export function createOtlpReader(
  context: MetricExport,
  otlp: OtlpMetricsConfiguration,
  resource: () => Resource,
): PushReader {
  const { recorder, group } = context
  const ledger = createExportLedger('otlp', recorder, createFailureReport('metrics', otlp.url))
  const isCumulative = otlp.temporality === 'cumulative'
  const producer = producerOf(context, isCumulative ? 'cumulative' : 'delta')
  const sender = createSender(context, otlp, ledger, producer.notes)
  // Deltas begin at the last successful export of the previous leader, so that points in memory are exported again.
  if (!isCumulative) group?.onLead(sender.removeUnstored)
  const reader = createPushLoop({
    producer,
    producers: context.producers,
    resource,
    intervalMs: context.intervalMs,
    collectTimeoutMs: context.exportTimeoutMs,
    temporality: otlp.temporality,
    histograms: otlp.histograms,
    send: (batch) => new Promise((resolve) => sender.export(batch, () => resolve())),
    shutdown: sender.shutdown,
  })
  /** Writes to the spool, or without one sends to the back end, while the process exits. */
  const keepNow = (scopeMetrics: readonly ScopeMetrics[]): void => {
    const last = { resource: resource(), scopeMetrics: [...scopeMetrics] }
    if (otlp.spool !== undefined) sender.spoolNow(last)
    else if (context.sendsAtExit) sender.sendNow(last, (bodies) => sendNow(otlp, context.userAgent, bodies))
  }
  const onExit = (): void => {
    recorder.guard('spool', () => {
      group?.takeOver()
      keepNow(producer.collectNow().resourceMetrics.scopeMetrics)
    })
    // Separate, so that an error does not affect the catalogue's points.
    recorder.guard('spool', () => {
      const provider = reader.provider()
      const instruments = provider === undefined ? [] : collectInstrumentsNow(provider)
      if (instruments === undefined) diag.warn(`quipu: ${NOT_COLLECTED}`)
      else keepNow(instruments)
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

function createSender(
  { recorder, group, userAgent, owners }: MetricExport,
  otlp: OtlpMetricsConfiguration,
  ledger: ExportLedger,
  notes: ReturnType<typeof producerOf>['notes'],
): OtlpSender<ResourceMetrics> {
  const isJson = otlp.protocol === 'http/json'
  const { JsonMetricsSerializer, ProtobufMetricsSerializer } = loadTransformer()
  const align = createTimeAligner(recorder.clock)
  const { maxPointsPerRequest: maxPoints = Number.POSITIVE_INFINITY } = otlp
  return createOtlpSender<ResourceMetrics>({
    signal: 'metrics',
    serializer: isJson ? JsonMetricsSerializer : ProtobufMetricsSerializer,
    encoding: isJson ? 'json' : 'protobuf',
    transport: createTransport(otlp, 'metrics', userAgent, () => ledger.retried()),
    ledger,
    countOf: countPoints,
    split: (batch) => splitMetrics(align(batch), maxPoints),
    isMuted: () => group?.leads() === false,
    notes,
    undelivered: otlp.temporality === 'cumulative' ? 'replace' : 'repeat',
    spool: otlp.spool && createSpool(otlp.spool, 'metrics', recorder, owners),
  })
}

const NOT_COLLECTED =
  'this version of OpenTelemetry stores the values of its instruments differently: values since the last export are lost'
