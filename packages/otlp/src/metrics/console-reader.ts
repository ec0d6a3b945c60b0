import type { Resource } from '@opentelemetry/resources'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createExportLedger } from '../send/export-ledger.js'
import { createPushLoop } from './push-loop.js'
import { countPoints, type MetricExport, type PushReader, producerOf } from './push-reader.js'

/** Prints exports to the console, like OpenTelemetry's console exporter. */
export function createConsoleReader(context: MetricExport, resource: () => Resource): PushReader {
  const ledger = createExportLedger('console', context.recorder)
  const reader = createPushLoop({
    producer: producerOf(context, 'cumulative'),
    producers: context.producers,
    resource,
    intervalMs: context.intervalMs,
    collectTimeoutMs: context.exportTimeoutMs,
    temporality: 'cumulative',
    histograms: 'explicit',
    async send(batch) {
      const points = countPoints(batch)
      if (points === 0) return
      write(batch)
      ledger.delivered(points)
    },
    shutdown: async () => undefined,
  })
  return { reader, ledger, held: () => 0, hurry: nothing, abort: nothing, close: nothing }
}

function write({ scopeMetrics }: ResourceMetrics): void {
  for (const { descriptor, dataPointType, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    console.dir({ descriptor, dataPointType, dataPoints }, { depth: null })
  }
}

const nothing = (): void => undefined
