import type { Resource } from '@opentelemetry/resources'
import { diag, environmentVariable } from '@quipu/core'
import { loadSdkNode } from '../optional.cjs'

/** The traces and logs of the application, as configured by its environment. */
export interface Signals {
  shutdown(): Promise<void>
}

/**
 * Starts OpenTelemetry's NodeSDK for the signals that OTEL_TRACES_EXPORTER and OTEL_LOGS_EXPORTER enable; NodeSDK reads
 * its other variables itself. Without such signals it loads nothing. Metrics stay with Quipu. Never throws.
 */
export function startSignals(resource: () => Resource): Signals | undefined {
  const traces = isAskedFor('OTEL_TRACES_EXPORTER')
  const logs = isAskedFor('OTEL_LOGS_EXPORTER')
  if (!traces && !logs) return undefined
  try {
    return startNodeSdk(resource, traces, logs)
  } catch (error) {
    diag.error('quipu: OTEL_TRACES_EXPORTER and OTEL_LOGS_EXPORTER are ignored: NodeSDK does not start', error)
    return undefined
  }
}

function startNodeSdk(resource: () => Resource, traces: boolean, logs: boolean): Signals {
  const { NodeSDK } = loadSdkNode()
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resource(),
    metricReaders: [],
    ...(!traces && { spanProcessors: [], textMapPropagator: null }),
    ...(!logs && { logRecordProcessors: [] }),
  })
  sdk.start()
  return { shutdown: () => sdk.shutdown() }
}

function isAskedFor(name: string): boolean {
  const value = environmentVariable(name)?.trim().toLowerCase() ?? ''
  return value !== '' && !value.split(',').some((exporter) => exporter.trim() === 'none')
}
