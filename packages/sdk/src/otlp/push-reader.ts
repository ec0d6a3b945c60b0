import type { MetricProducer, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createProducer, type ImmediateMetricProducer, type Recorder } from '@quipu/core'
import type { ProcessGroup } from '@quipu/processes'
import type { Configuration } from '../configuration/configuration.js'
import { loadSdkMetrics } from '../opentelemetry/load-opentelemetry.js'
import { parseSpoolFileName } from '../spool/spool-file.js'
import { deltaProducerOf } from './delta-producer.js'
import type { ExportLedger } from './export-ledger.js'
import type { Notes } from './otlp-backlog.js'

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
  /** Listens to nothing any more. */
  close(): void
}

/** What is pushed: the group's numbers when this process leads one, else its own. */
export function producerOf(
  recorder: Recorder,
  group: ProcessGroup | undefined,
  temporality: 'cumulative' | 'delta',
): ImmediateMetricProducer & { readonly notes?: Notes | undefined } {
  if (group === undefined) return temporality === 'delta' ? deltaProducerOf(recorder) : recorder.producer()
  return group.producer((readings) => createProducer(readings, recorder.clock, { temporality }), {
    temporality,
    isSpoolFile: (name) => parseSpoolFileName(name) !== undefined,
  })
}

/** One producer a reader: a delta producer remembers what it gave last. */
export function createPeriodicReader(
  { intervalMs, exportTimeoutMs }: Configuration,
  exporter: PushMetricExporter,
  producer: MetricProducer,
): PushReader['reader'] {
  const { PeriodicExportingMetricReader } = loadSdkMetrics()
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [producer],
  })
}

/** Data points of all metrics. */
export function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
