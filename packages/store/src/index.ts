export { createStore } from './create-store.js'
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
} from './instruments/instruments.js'
export { createLabelRule } from './labels/label-rule.js'
export type { LabelBag } from './labels/label-values.js'
export { type Limits, limitOptions } from './limit-options.js'
export type { ImmediateMetricProducer, MetricProducer } from './otel/otel-data.js'
export { toHrTime } from './otel/point-reader.js'
export { createProducer, type ProducerOptions } from './otel/producer.js'
export { cleanText } from './privacy/clean.js'
export { createIdPseudonyms } from './privacy/id-pseudonyms.js'
export { createPseudonymizer } from './privacy/pseudonym.js'
export { builtinModule, environmentVariable, isFlagOn, isSdkDisabled } from './runtime/environment.js'
export { API_SYMBOL, activeSpanContext, diag, registeredMeterProvider } from './runtime/registered-api.js'
export { unref } from './runtime/unref.js'
export { waitAtMost } from './runtime/wait-at-most.js'
export { writeToStderr } from './runtime/write-to-stderr.js'
export {
  type Cell,
  type Exemplar,
  type ExponentialBuckets,
  isRemovedBy,
  type MetricReading,
  type Removal,
} from './series/reading.js'
export type { CollectOptions, Store } from './store.js'
export type { TraceReference } from './store-context.js'
export { type StoreOptions, type StoreSettings, storeOptions, storeSettingOptions } from './store-options.js'
export { type Clock, createSafeClock, createSystemClock, type RecorderClock } from './time/clock.js'
