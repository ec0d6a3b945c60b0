'use strict'

// These packages are loaded when something is exported, not when this package is imported. In CommonJS a literal
// `require` is lazy, synchronous, and seen by every bundler and file tracer; an ES module has nothing that is all three.

exports.loadTransformer = () => require('@opentelemetry/otlp-transformer')
exports.loadGrpc = () => require('@grpc/grpc-js')

/** Whether the optional package for OTLP over gRPC is installed. */
exports.hasGrpc = () => {
  try {
    require.resolve('@grpc/grpc-js')
    return true
  } catch {
    return false
  }
}
