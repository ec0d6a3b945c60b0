'use strict'

// OpenTelemetry's SDK is loaded when something needs it: 620 modules. See @quipu/otlp's file of this name for why this is
// CommonJS.

exports.loadSdkNode = () => require('@opentelemetry/sdk-node')
exports.loadSdkMetrics = () => require('@opentelemetry/sdk-metrics')
exports.loadResources = () => require('@opentelemetry/resources')
exports.loadConfiguration = () => require('@opentelemetry/configuration')
