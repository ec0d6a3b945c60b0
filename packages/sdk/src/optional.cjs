'use strict'

// OpenTelemetry is loaded when something needs it: 46 modules for its API, 620 for its SDK. See @quipu/otlp's file of this name for why this is
// CommonJS.

exports.loadApi = () => require('@opentelemetry/api')
exports.loadSdkNode = () => require('@opentelemetry/sdk-node')
exports.loadSdkMetrics = () => require('@opentelemetry/sdk-metrics')
exports.loadResources = () => require('@opentelemetry/resources')
exports.loadConfiguration = () => require('@opentelemetry/configuration')

/** Undefined where the application has not installed it; within `try`, bundlers leave out what is not there. */
exports.loadGenaiPrices = () => {
  try {
    return require('@pydantic/genai-prices')
  } catch {
    return undefined
  }
}
