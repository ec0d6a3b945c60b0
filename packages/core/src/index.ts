export type { ActivityEvent, ActivityListener, FieldValue } from './activity.js'
export { cleanText } from './clean.js'
export type { Clock } from './clock.js'
export { type Attribution, withAttribution, withUser } from './context.js'
export { createRecorder } from './create-recorder.js'
export { defaultRecorder } from './default-recorder.js'
export { describeError, type ErrorDescription } from './describe-error.js'
export { ACTIVITY_LOG_FLAG, environmentVariable, isFlagOn } from './environment.js'
export type { FeatureRun } from './feature.js'
export { FeatureMetrics, type RecorderChoice } from './feature-metrics.js'
export type { FileUpload, StoredFile } from './files.js'
export {
  deleteWorkspace,
  logMetric,
  observeRequest,
  recordAnalysisComplexity,
  recordLlmCompletionSize,
  recordLlmError,
  recordLlmRateLimit,
  recordLlmRequest,
  recordLlmTokens,
  startFeature,
  startLlmCall,
  startToolCall,
  startUserAction,
  timeLlmRequest,
  touchSession,
  trackAppShutdown,
  trackAppStartup,
  trackAuthFailure,
  trackError,
  trackFeature,
  trackFeatureAsync,
  trackFeatureError,
  trackFeatureUsage,
  trackFileStored,
  trackFileUpload,
  trackLlmCall,
  trackSessionEnd,
  trackSessionStart,
  trackUserAction,
  trackUserLogin,
  trackUserRegistration,
  updateWorkspaceSize,
  withFeature,
  withLlmCall,
  withToolCall,
  withUserAction,
} from './helpers.js'
export type {
  Counter,
  CounterHandle,
  Gauge,
  GaugeHandle,
  Histogram,
  HistogramHandle,
  Instrument,
  Instruments,
  Summary,
  UpDownCounter,
} from './instruments.js'
export type { LlmCall, LlmCallOptions } from './llm-call.js'
export type { LlmEndpointDetails, LlmResponse } from './llm-call-scope.js'
export { type LlmUsage, toLlmUsage, type UsageLike } from './llm-usage.js'
export type { ImmediateMetricProducer, MetricProducer } from './otel-data.js'
export { createProducer, type ProducerOptions } from './producer.js'
export { createPseudonymizer } from './pseudonym.js'
export type { Cell, Exemplar, ExponentialBuckets, MetricReading } from './reading.js'
export type { Recorder, RecorderHelpers } from './recorder.js'
export type { RecorderOptions, RecorderSettings } from './recorder-options.js'
export type { PriceTable } from './recording.js'
export type { RequestReport } from './request.js'
export type { SessionOptions } from './sessions.js'
export type { Limits, TraceReference } from './store-context.js'
export type { ToolCall, ToolCallOptions } from './tool-call.js'
export type { Tracker } from './tracker.js'
export { UsageMetrics, type UsageMetricsOptions } from './usage-metrics.js'
export type { UserActionRun } from './user-action.js'
export { UserActionTimer } from './user-action-timer.js'
