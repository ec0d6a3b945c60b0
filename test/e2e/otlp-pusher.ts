import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { Recorder } from '@quipu/core'

/** Sends a recorder's metrics as OTLP protobuf, when told to. */
export interface OtlpPusher {
  /** Resolves when the receiver has answered with success; rejects otherwise. */
  push(): Promise<void>
  stop(): Promise<void>
}

export interface PushOptions {
  readonly temporality?: 'cumulative' | 'delta'
  readonly instance?: string
  /** Resource attributes beside the service's. */
  readonly resource?: Readonly<Record<string, string>>
}

const NEVER_MS = 3_600_000

export function createPusher(recorder: Recorder, url: string, options: PushOptions = {}): OtlpPusher {
  const { temporality = 'cumulative', instance = 'one', resource = {} } = options
  const provider = new MeterProvider({
    resource: resourceFromAttributes({
      'service.name': 'securetrack',
      'service.instance.id': instance,
      ...resource,
    }),
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url, timeoutMillis: 10_000 }),
        exportIntervalMillis: NEVER_MS,
        metricProducers: [recorder.producer({ temporality })],
      }),
    ],
  })
  return {
    push: () => provider.forceFlush(),
    stop: () => provider.shutdown(),
  }
}
