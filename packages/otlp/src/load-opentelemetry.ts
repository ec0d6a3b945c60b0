import { createRequire } from 'node:module'

/**
 * OpenTelemetry's packages are loaded when something is exported, not when this package is imported. Each name is a
 * literal, so that file tracers find the packages.
 */
const require = createRequire(import.meta.url)

export const loadSdkMetrics = (): typeof import('@opentelemetry/sdk-metrics') => require('@opentelemetry/sdk-metrics')
export const loadSdkLogs = (): typeof import('@opentelemetry/sdk-logs') => require('@opentelemetry/sdk-logs')
export const loadMetricExporter = (): typeof import('@opentelemetry/exporter-metrics-otlp-http') =>
  require('@opentelemetry/exporter-metrics-otlp-http')
export const loadTransformer = (): typeof import('@opentelemetry/otlp-transformer') =>
  require('@opentelemetry/otlp-transformer')
export const loadGrpc = (): typeof import('@grpc/grpc-js') => require('@grpc/grpc-js')

/** Whether the optional package for OTLP over gRPC is installed. */
export function hasGrpc(): boolean {
  try {
    require.resolve('@grpc/grpc-js')
    return true
  } catch {
    return false
  }
}
