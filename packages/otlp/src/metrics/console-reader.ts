import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import { loadSdkMetrics } from '../optional.cjs'
import { createExportLedger } from '../send/export-ledger.js'
import { countPoints, createPeriodicReader, type MetricExport, type PushReader, producerOf } from './push-reader.js'

/** What is exported, on the console: for who wants to see it. */
export function createConsoleReader(context: MetricExport): PushReader {
  const { ConsoleMetricExporter } = loadSdkMetrics()
  const ledger = createExportLedger('console', context.recorder)
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
  const reader = createPeriodicReader(context, exporter, producerOf(context, 'cumulative'))
  return { reader, ledger, held: () => 0, hurry: nothing, abort: nothing, close: nothing }
}

const nothing = (): void => undefined
