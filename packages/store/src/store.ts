import type { MeterProvider } from '@opentelemetry/api'
import type { BuiltinMetrics, EventSpecs, GenAiProfile, MetricSpecs, Vocabulary } from '@quipu/catalog/builtin'
import type { Instruments } from './instruments/instruments.js'
import type { ImmediateMetricProducer } from './otel/otel-data.js'
import type { ProducerOptions } from './otel/producer.js'
import type { MetricReading } from './series/reading.js'
import type { StoreSettings } from './store-options.js'
import type { RecorderClock } from './time/clock.js'

/** How a function samples values for readings. */
export interface CollectOptions {
  /** Also before a reading that asks for no samples; for functions that cost next to nothing. */
  readonly always?: boolean
}

/**
 * The numbers of one recorder: its instruments, and the ways to read them. Recording never throws, blocks or keeps what it
 * is given; an invalid value is dropped, counted on `quipu_dropped_total` and reported once through `diag`.
 */
export interface Store<M extends MetricSpecs = Record<never, never>> {
  /** The instruments, typed by their entries. */
  readonly metrics: Instruments<BuiltinMetrics & M>
  /** Records into a metric by its name, as its kind does; for callers that know names only at run time. */
  recordMetric(name: string, value: number, labels?: { readonly [name: string]: unknown }): void
  readonly clock: RecorderClock
  /**
   * Every metric whose vocabulary is on, as a live view for exporters.
   * @param options `sample: false` leaves values that are sampled when they are read (`onCollect`) as they were sampled last
   */
  readings(options?: { readonly sample?: boolean }): readonly MetricReading[]
  /** Calls a function before each reading, for values that are sampled when they are read; returns what ends it. */
  onCollect(sample: () => void, options?: CollectOptions): () => void
  /**
   * Keeps a route template that a router declared as it is, `/reports/2024` or `/404` too. E-mail addresses, UUIDs, tokens
   * and numbers of six digits or more are replaced in it; in other endpoints, all identifiers.
   */
  declareRoute(template: string): void
  /** A MetricProducer for one OpenTelemetry reader. */
  producer(options?: ProducerOptions): ImmediateMetricProducer
  /** Registers the metrics on a provider whose readers we cannot touch; returns what removes them. */
  attach(provider: MeterProvider): () => void
  /** Whether the names of a vocabulary, and of an edition of the GenAI conventions, are recorded. */
  speaks(vocabulary: Vocabulary, profile?: GenAiProfile): boolean
  /** What labels of class `id` hold in the place of this id. */
  pseudonym(id: string): string
  /** Counts an observation that was not recorded, and reports its cause once; a strict store throws it. */
  drop(metric: string, reason: string): void
  /** Counts an error of a listener, a sink or a callback; a strict store throws it on. */
  caught(site: string, error: unknown): void
  /** Runs code whose errors must not reach the caller: what it throws is counted. */
  guard<T>(site: string, fn: () => T): T | undefined
  /** Changes what may be chosen late. Throws a QuipuError QUIPU_KEY_TOO_SHORT for a short key. */
  configure(settings: StoreSettings): void
  /** Adds entries; throws a QuipuError when a name would be exported twice. The same entries again are no error. */
  extend<M2 extends MetricSpecs, E2 extends EventSpecs>(catalog: {
    readonly metrics: M2
    readonly events: E2
  }): Store<M & M2>
}
