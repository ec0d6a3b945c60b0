export function loadSdkMetrics(): typeof import('@opentelemetry/sdk-metrics')
export function loadSdkLogs(): typeof import('@opentelemetry/sdk-logs')
export function loadMetricExporter(): typeof import('@opentelemetry/exporter-metrics-otlp-http')
export function loadTransformer(): typeof import('@opentelemetry/otlp-transformer')
export function loadGrpc(): typeof import('@grpc/grpc-js')
/** Whether the optional package for OTLP over gRPC is installed. */
export function hasGrpc(): boolean
