export {
  MAX_FIELDS,
  MAX_NAME_LENGTH,
  MAX_USER_LENGTH,
  MAX_VALUE_LENGTH,
  type MetricRecord,
} from './canonical.js'
export { type FileSinkOptions, fileSink } from './file-sink.js'
export { formatMetricLine } from './format.js'
export { formatMetricJson, type ParsedMetricJson, parseMetricJson } from './json.js'
export {
  type EventLogRecord,
  type EventRecorder,
  MetricLogProcessor,
  type MetricLogProcessorOptions,
} from './metric-log-processor.js'
export { type ParsedMetricLine, parseMetricLine } from './parse.js'
export { type ActivitySink, functionSink, type LineOutcome, type SinkFunction } from './sink.js'
export { type StreamSinkOptions, stdoutSink } from './stream-sink.js'
export { type ActivityWriter, createActivityWriter } from './writer.js'
export type { ActivityWriterOptions, LineCounter } from './writer-options.js'
