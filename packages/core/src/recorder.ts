import type { MeterProvider } from '@opentelemetry/api'
import type {
  BuiltinEvents,
  BuiltinMetrics,
  EventSpecs,
  FieldsOf,
  MetricSpecs,
  Vocabulary,
} from '@quipu/catalog/builtin'
import type { ActivityEvent, ActivityListener, ActivityListenerOptions, FieldValue } from './activity/activity.js'
import type { RecorderClock } from './clock.js'
import type { RecorderHelpers } from './observe/recorder-helpers.js'
import type { ToolCall } from './observe/tool-call.js'
import type { ImmediateMetricProducer } from './otel/otel-data.js'
import type { ProducerOptions } from './otel/producer.js'
import type { RecorderSettings } from './recorder-options.js'
import type { Instruments } from './store/instruments.js'
import type { MetricReading } from './store/reading.js'

type None = Record<never, never>
type EventsOf<E extends EventSpecs> = BuiltinEvents & E
type AnyFields = { readonly [name: string]: FieldValue | null | undefined }

/**
 * A catalogue, its store, and everything that is said to it. Nothing that records throws, rejects, blocks or keeps what it
 * is given; what it cannot take it drops, counts on `quipu_dropped_total` and says once through `diag`.
 */
export interface Recorder<M extends MetricSpecs = None, E extends EventSpecs = None> extends RecorderHelpers {
  /** The instruments, typed by their entries. */
  readonly metrics: Instruments<BuiltinMetrics & M>
  /** Writes to a metric by name, as its kind has it; for callers that know names only at run time (K33). */
  recordMetric(name: string, value: number, labels?: { readonly [name: string]: unknown }): void
  /** Says an activity event; without a user it is whoever `withUser` names. Nothing happens while the log is off. */
  logMetric<N extends string>(
    event: N,
    user?: string | null,
    fields?: N extends keyof EventsOf<E> ? FieldsOf<EventsOf<E>[N]> : AnyFields,
  ): void

  readonly clock: RecorderClock
  /**
   * Every metric whose vocabulary is spoken, as a live view for exporters.
   * @param options `sample: false` leaves values that are sampled when they are read (`onCollect`) as they were sampled last
   */
  readings(options?: { readonly sample?: boolean }): readonly MetricReading[]
  /** Calls a function before each reading, for values that are sampled when they are read; returns what ends it. */
  onCollect(sample: () => void): () => void
  /**
   * Says that a router declared this route template: it is kept as declared, `/reports/2024` or `/404` too. E-mail
   * addresses, UUIDs, tokens and numbers of six digits or more are replaced in it; in other endpoints, all identifiers.
   */
  declareRoute(template: string): void
  /** A MetricProducer for one OpenTelemetry reader. */
  producer(options?: ProducerOptions): ImmediateMetricProducer
  /** Registers the metrics on a provider whose readers we cannot touch; the function returned takes them back. */
  attach(provider: MeterProvider): () => void
  /** Hears the activity events from now on, and first those that nobody has heard. */
  onActivity(listener: ActivityListener, options?: ActivityListenerOptions): () => void
  /** The event that may be written: declared fields only, cleaned; null when there is no such event. */
  prepareEvent(event: string, user: unknown, fields: unknown): ActivityEvent | null
  /** Whether the catalogue has an event of this name. */
  declaresEvent(name: string): boolean
  readonly activityLogOn: boolean
  speaks(vocabulary: Vocabulary): boolean
  /**
   * For instrumented clients: begins a tool call, or joins the one of that tool that the application has open. `label` is
   * what it is counted as when it stands alone; default its name.
   */
  joinToolCall(tool: string, label?: string): ToolCall
  /** How many users were active since the recorder was made, this one among them: one number for all UsageMetrics (K8). */
  countActiveUser(userId: string): number
  /** Calls a listener whenever what is held back must be recorded: before an export, at the end of the process. */
  onSettle(listener: () => void): () => void
  /** Records what observers hold back, such as a failed attempt that a client may repeat. Never throws. */
  settle(): void
  /** Counts what was not taken. */
  drop(metric: string, reason: string): void
  /** Runs what is ours; what it throws is counted and goes no further. */
  guard<T>(site: string, fn: () => T): T | undefined
  /** Changes what may be chosen late. */
  configure(settings: RecorderSettings): void
  /** Adds entries; throws a QuipuError when a name would be exported twice. The same entries again are no error. */
  extend<M2 extends MetricSpecs, E2 extends EventSpecs>(catalog: {
    readonly metrics: M2
    readonly events: E2
  }): Recorder<M & M2, E & E2>
}
