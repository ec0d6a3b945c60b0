import type { IMetricReader, MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createProducer, type ImmediateMetricProducer } from '@quipu/store'
import type { ExportContext, ExportGroup, ExportNotes } from '../export-context.js'
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

/** A reader that pushes, and what became of its points. */
export interface PushReader {
  readonly reader: IMetricReader
  readonly ledger: ExportLedger
  /** Points that are being sent or wait for another attempt. */
  held(): number
  /** Nothing waits for a better time from now on. */
  hurry(): void
  /** Gives up at once: what is not delivered goes to the disk, or is dropped. */
  abort(): void
  /** Removes the listener of the exit. */
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

/** Data points of all metrics. */
export function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) count += dataPoints.length
  return count
}
