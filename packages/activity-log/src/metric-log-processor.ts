import type { Vocabulary } from '@quipu/catalog/builtin'
import { type ActivityEvent, defaultRecorder } from '@quipu/core'
import { type ActivityWriter, createActivityWriter } from './writer.js'
import type { ActivityWriterOptions, LineCounter } from './writer-options.js'

/** The part of an `@opentelemetry/sdk-logs` record that is read; the same in OpenTelemetry JS 2 and 3. */
export interface EventLogRecord {
  readonly eventName?: string | undefined
  readonly attributes: { readonly [name: string]: unknown }
  /** Seconds and nanoseconds since the Unix epoch. */
  readonly hrTime: readonly [seconds: number, nanoseconds: number]
}

/** The part of a recorder that the processor uses. */
export interface EventRecorder extends LineCounter {
  prepareEvent(event: string, user: unknown, fields: unknown): ActivityEvent | null
  declaresEvent(name: string): boolean
  readonly activityLogOn: boolean
  records(vocabulary: Vocabulary): boolean
}

export interface MetricLogProcessorOptions extends Omit<ActivityWriterOptions, 'recorder'> {
  /** Its catalogue declares the events and attributes; it counts the lines. Default: the process's default recorder. */
  readonly recorder?: EventRecorder | undefined
  /** Whether to write lines; takes precedence over FEATURE_METRICS_LOGGING_ENABLED and `start({ activityLog })`. */
  readonly enabled?: boolean | undefined
}

/** The attribute that names the user. `user.email`, `enduser.id` and others are set for other purposes. */
const USER = 'user.name'

/**
 * Writes the activity events among an application's OpenTelemetry log records as `[METRIC]` lines; fits any
 * LoggerProvider of `@opentelemetry/sdk-logs` 0.2xx and 3.x.
 *
 * A record is an activity event when the catalogue declares its `eventName`; all other records are ignored. Only the
 * declared attributes and `user.name` of an event are read, never its body; undeclared attributes are counted on
 * `quipu_dropped_total`. Without FEATURE_METRICS_LOGGING_ENABLED and without `enabled`, nothing is written or opened.
 * The processor owns its sink: `shutdown` closes it.
 *
 * Only the constructor throws; no method throws or rejects.
 *
 * @throws QuipuError QUIPU_CONFIG_INVALID when an option is invalid.
 * @example
 * const loggers = new LoggerProvider({ processors: [new MetricLogProcessor({ sink: fileSink('activity.log') })] })
 * loggers.getLogger('app').emit({ eventName: 'tool_call', attributes: { 'user.name': 'user@example.com', tool_name: 'calculator' } })
 * // [METRIC] [user@example.com] tool_call tool_name=calculator
 */
export class MetricLogProcessor {
  readonly #recorder: EventRecorder
  readonly #write: ActivityWriter
  readonly #enabled: boolean | undefined

  constructor(options: MetricLogProcessorOptions) {
    this.#recorder = options.recorder ?? defaultRecorder()
    this.#write = createActivityWriter({ ...options, recorder: this.#recorder })
    this.#enabled = options.enabled
  }

  /** Whether a record of this name could become a line; a Logger calls it before it creates a record. */
  enabled(options: { readonly eventName?: string }): boolean {
    return this.#isOn() && (options.eventName === undefined || this.#recorder.declaresEvent(options.eventName))
  }

  onEmit(record: EventLogRecord): void {
    try {
      const { eventName } = record
      if (eventName === undefined || !this.#isOn() || !this.#recorder.declaresEvent(eventName)) return
      const { [USER]: user, ...fields } = record.attributes
      const event = this.#recorder.prepareEvent(eventName, user, fields)
      if (event !== null) this.#write({ ...event, unixMs: toUnixMs(record.hrTime) ?? event.unixMs })
    } catch {
      // A hostile record or a strict recorder threw. The application that logs must not notice.
    }
  }

  /** Resolves when every line is written or given up, after 2 s at the latest. */
  forceFlush(): Promise<void> {
    return this.#write.flush()
  }

  /** Flushes and closes the sink; later records are dropped and counted. */
  shutdown(): Promise<void> {
    return this.#write.close()
  }

  #isOn(): boolean {
    return this.#enabled ?? (this.#recorder.activityLogOn && this.#recorder.records('atlas'))
  }
}

function toUnixMs(hrTime: EventLogRecord['hrTime'] | undefined): number | undefined {
  const [seconds, nanoseconds] = hrTime ?? []
  if (typeof seconds !== 'number' || typeof nanoseconds !== 'number') return undefined
  return seconds * 1000 + Math.trunc(nanoseconds / 1e6)
}
