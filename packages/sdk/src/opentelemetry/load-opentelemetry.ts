import { createRequire } from 'node:module'

/**
 * OpenTelemetry's SDK is loaded when `start()` needs it and not before (620 modules), and at once: instruments that are
 * made before there is a provider record nothing for ever, so that an `await import` would come too late for them.
 */
const load = createRequire(import.meta.url)

export const loadSdkNode = (): typeof import('@opentelemetry/sdk-node') => load('@opentelemetry/sdk-node')
export const loadSdkMetrics = (): typeof import('@opentelemetry/sdk-metrics') => load('@opentelemetry/sdk-metrics')
export const loadApiLogs = (): typeof import('@opentelemetry/api-logs') => load('@opentelemetry/api-logs')
export const loadResources = (): typeof import('@opentelemetry/resources') => load('@opentelemetry/resources')
export const loadPrometheusExporter = (): typeof import('@opentelemetry/exporter-prometheus') =>
  load('@opentelemetry/exporter-prometheus')
