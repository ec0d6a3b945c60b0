import './default-lines.js'

export { DimensionNames, type ErrorCode, MetricNames, QuipuError } from '@quipu/catalog/builtin'
export {
  type ActivityEvent,
  type Attribution,
  type Clock,
  createRecorder,
  defaultRecorder,
  FeatureMetrics,
  type FeatureRun,
  type FileUpload,
  type LlmCall,
  type LlmCallOptions,
  type LlmUsage,
  type PriceTable,
  type Recorder,
  type RecorderOptions,
  type RequestReport,
  type StoredFile,
  type ToolCall,
  type ToolCallOptions,
  UsageMetrics,
  type UsageMetricsOptions,
  type UserActionRun,
  UserActionTimer,
} from '@quipu/core'
export * from '@quipu/core/helpers'
export type { AnyPreset, OtlpSettings } from '@quipu/otlp'
export type { ActivityLogOptions } from './configuration/activity-log-options.js'
export type { PrometheusOptions } from './configuration/prometheus-options.js'
export type {
  EventLoggerProvider,
  EventLogRecordInput,
  ExitHooks,
  OtlpOptions,
  StartOptions,
} from './configuration/start-options.js'
export type { FlushOutcome, Quipu } from './lifecycle/quipu.js'
export type { PageName, PageUrls } from './pages.js'
export { start } from './start.js'
