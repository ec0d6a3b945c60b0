import type { IMetricReader, MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createProducer, type ImmediateMetricProducer } from '@quipu/store'
import type { ExportContext, ExportGroup, ExportNotes } from '../export-context.js'
import type { ExportLedger } from '../send/export-ledger.js'
import { parseSpoolFileName } from '../spool/spool-file.js'
import { deltaProducerOf } from './delta-producer.js'

/** Options of the export of metrics. */
export interface MetricExport extends ExportContext {
  readonly group: ExportGroup | undefined
  /**
   * Whether the exit of the process waits, for at most a second, until the last points are sent. Not needed with a
   * spool.
   */
  readonly sendsAtExit: boolean
  /** Milliseconds from one export to the next. */
  readonly intervalMs: number
  /** Milliseconds that one collection and export may take. */
  readonly exportTimeoutMs: number
  /** Producers of the application, exported with the recorder's. Default: none. */
  readonly producers?: readonly MetricProducer[] | undefined
}

/** A push reader, with the outcomes of its points. */
export interface PushReader {
  readonly reader: IMetricReader
  readonly ledger: ExportLedger
  /** Points that are being sent or wait for another attempt. */
  held(): number
  /** No batch waits for a retry from now on. */
  hurry(): void
  /** Cancels the export: undelivered batches are written to disk or dropped. */
  abort(): void
  /** Removes the listener of `exit`. */
  close(): void
}

/** Returns the producer to push: that of the group if this process is part of one, otherwise its own. */
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

/** Number of data points of all metrics. */
export function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
