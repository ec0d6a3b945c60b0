import type { MeterProvider } from '@opentelemetry/api'
import type { BuiltinMetrics, EventSpecs, GenAiProfile, MetricSpecs, Vocabulary } from '@quipu/catalog/builtin'
import type { Instruments } from './instruments/instruments.js'
import type { ImmediateMetricProducer } from './otel/otel-data.js'
import type { ProducerOptions } from './otel/producer.js'
import type { MetricReading } from './series/reading.js'
import type { StoreSettings } from './store-options.js'
import type { RecorderClock } from './time/clock.js'

/** Options of a function that samples values for readings. */
export interface CollectOptions {
  /** Also before readings that request no samples; for functions of negligible cost. */
  readonly always?: boolean
}

/**
 * The values of one recorder: its instruments, and the interfaces for readers. Recording never throws, blocks or keeps
 * its input. Invalid values are dropped, counted on `quipu_dropped_total` and reported once through `diag`.
 */
export interface Store<M extends MetricSpecs = Record<never, never>> {
  /** The instruments, typed by their entries. */
  readonly metrics: Instruments<BuiltinMetrics & M>
  /** Records into a metric by name, according to its kind; for callers that know names only at run time. */
  recordMetric(name: string, value: number, labels?: { readonly [name: string]: unknown }): void
  readonly clock: RecorderClock
  /**
   * All metrics of enabled vocabularies, as a live view for exporters.
   * @param options `sample: false` keeps the last samples of values that are sampled on reading (`onCollect`)
   */
  readings(options?: { readonly sample?: boolean }): readonly MetricReading[]
  /**
   * Adds a function that is called before each reading, for values that are sampled on reading. Returns a function that
   * removes it.
   */
  onCollect(sample: () => void, options?: CollectOptions): () => void
  /**
   * Keeps a route template that a router declared unchanged, including `/reports/2024` or `/404`. E-mail addresses,
   * UUIDs, tokens and numbers of six digits or more are replaced in it; in other endpoints, all identifiers are.
   */
  declareRoute(template: string): void
  /** Creates a MetricProducer for one OpenTelemetry reader. */
  producer(options?: ProducerOptions): ImmediateMetricProducer
  /** Registers the metrics on a provider of the host. Returns a function that removes them. */
  attach(provider: MeterProvider): () => void
  /** Returns whether the names of a vocabulary, and of an edition of the GenAI conventions, are recorded. */
  records(vocabulary: Vocabulary, profile?: GenAiProfile): boolean
  /** Returns the value of labels of class `id` for this id. */
  pseudonym(id: string): string
  /** Counts a dropped observation and reports its cause once; a strict store throws. */
  drop(metric: string, reason: string): void
  /** Counts an error of a listener, a sink or a callback; a strict store throws it. */
  caught(site: string, error: unknown): void
  /** Runs code whose errors must not reach the caller; they are counted. */
  guard<T>(site: string, fn: () => T): T | undefined
  /** Changes settings. Throws a QuipuError QUIPU_KEY_TOO_SHORT for a short key. */
  configure(settings: StoreSettings): void
  /** Adds entries. Throws a QuipuError for a name that would be exported twice; identical entries are accepted. */
  extend<M2 extends MetricSpecs, E2 extends EventSpecs>(catalog: {
    readonly metrics: M2
    readonly events: E2
  }): Store<M & M2>
}
