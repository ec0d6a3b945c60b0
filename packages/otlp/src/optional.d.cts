export function loadTransformer(): typeof import('@opentelemetry/otlp-transformer')
export function loadGrpc(): typeof import('@grpc/grpc-js')
/** Whether the optional package for OTLP over gRPC is installed. */
export function hasGrpc(): boolean
