export type { LlmErrorType } from '@quipu/catalog/builtin'
export {
  API_SYMBOL,
  activeSpanContext,
  type Cell,
  type Clock,
  type Counter,
  type CounterHandle,
  cleanText,
  createProducer,
  createPseudonymizer,
  diag,
  type Exemplar,
  type ExponentialBuckets,
  environmentVariable,
  type Gauge,
  type GaugeHandle,
  type Histogram,
  type HistogramHandle,
  type ImmediateMetricProducer,
  type Instrument,
  type Instruments,
  isFlagOn,
  isRemovedBy,
  isSdkDisabled,
  type Limits,
  type MetricProducer,
  type MetricReading,
  type ProducerOptions,
  type RecorderClock,
  type Removal,
  registeredMeterProvider,
  type Summary,
  type TraceReference,
  toHrTime,
  type UpDownCounter,
  unref,
  waitAtMost,
  writeToStderr,
} from '@quipu/store'
export {
  ACTIVITY_LOG_FLAG,
  type ActivityEvent,
  type ActivityListener,
  type ActivityListenerOptions,
  type FieldValue,
} from './activity/activity.js'
export { FeatureMetrics, type RecorderChoice } from './classes/feature-metrics.js'
export { UsageMetrics, type UsageMetricsOptions } from './classes/usage-metrics.js'
export { UserActionTimer } from './classes/user-action-timer.js'
export { createRecorder } from './create-recorder.js'
export { defaultRecorder } from './default-recorder.js'
export * from './helpers.js'
export { classifyError, type ErrorFacts } from './observe/classify-error.js'
export { type Attribution, keepErrorUsers } from './observe/context.js'
export type { RecorderHelpers } from './observe/create-helpers.js'
export { describeError, type ErrorDescription } from './observe/describe-error.js'
export type { FeatureRun } from './observe/feature.js'
export type { FileUpload, StoredFile } from './observe/files.js'
export { follow } from './observe/follow.js'
export { whenCollected } from './observe/following.js'
export type { FindUser } from './observe/lazy-user.js'
export type { LlmCall, LlmCallOptions, LlmEndpointDetails, LlmResponse } from './observe/llm-call.js'
export { type LlmUsage, toLlmUsage, type UsageLike } from './observe/llm-usage.js'
export { isModelFailure, noteModelFailure } from './observe/model-failures.js'
export type { ModelPrices, PriceLookup, PriceTable, TokenPrice } from './observe/price-options.js'
export { isReportedError } from './observe/reported-errors.js'
export type { RequestReport } from './observe/request.js'
export type { SessionOptions } from './observe/session-options.js'
export { isSameTool, type ToolCall, type ToolCallOptions } from './observe/tool-call.js'
export type { Tracker } from './observe/tracker.js'
export type { UserActionRun } from './observe/user-action.js'
export type { Recorder } from './recorder.js'
export {
  type RecorderOptions,
  type RecorderSettings,
  recorderOptions,
  settingOptions,
} from './recorder-options.js'
export { shared } from './shared.js'
