import type { MetricProducer, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createProducer, type ImmediateMetricProducer } from '@quipu/core'
import type { ExportContext, ExportGroup, ExportNotes } from '../export-context.js'
import { loadSdkMetrics } from '../optional.cjs'
import type { ExportLedger } from '../send/export-ledger.js'
import { parseSpoolFileName } from '../spool/spool-file.js'
import { deltaProducerOf } from './delta-producer.js'

/** What metrics are exported for, and how often. */
export interface MetricExport extends ExportContext {
  readonly group: ExportGroup | undefined
  /** Whether the exit of the process waits, for a second at most, until the last points are sent. A spool needs no such wait. */
  readonly sendsAtExit: boolean
  /** Milliseconds from one export to the next. */
  readonly intervalMs: number
  /** Milliseconds that one collection and export may take. */
  readonly exportTimeoutMs: number
  /** Producers of the application, exported with the recorder's. Default: none. */
  readonly producers?: readonly MetricProducer[] | undefined
}

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
  { recorder, group }: Pick<MetricExport, 'recorder' | 'group'>,
  temporality: 'cumulative' | 'delta',
): ImmediateMetricProducer & { readonly notes?: ExportNotes | undefined } {
  if (group === undefined) return temporality === 'delta' ? deltaProducerOf(recorder) : recorder.producer()
  return group.producer((readings) => createProducer(readings, recorder.clock, { temporality }), {
    temporality,
    isSpoolFile: (name) => parseSpoolFileName(name) !== undefined,
  })
}

/** One producer a reader: a delta producer remembers what it gave last. */
export function createPeriodicReader(
  { intervalMs, exportTimeoutMs, producers = [] }: Pick<MetricExport, 'intervalMs' | 'exportTimeoutMs' | 'producers'>,
  exporter: PushMetricExporter,
  producer: MetricProducer,
): PushReader['reader'] {
  const { PeriodicExportingMetricReader } = loadSdkMetrics()
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: exportTimeoutMs,
    metricProducers: [producer, ...producers],
  })
}

/** Data points of all metrics. */
export function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
