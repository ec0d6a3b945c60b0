import type { BuiltinEvents, EventSpecs, FieldsOf, MetricSpecs } from '@quipu/catalog/builtin'
import type { Store } from '@quipu/store'
import type { ActivityEvent, ActivityListener, ActivityListenerOptions, FieldValue } from './activity/activity.js'
import type { RecorderHelpers } from './observe/create-helpers.js'
import type { LlmCall, LlmCallOptions } from './observe/llm-call.js'
import type { ToolCall } from './observe/tool-call.js'
import type { RecorderSettings } from './recorder-options.js'

type None = Record<never, never>
type EventsOf<E extends EventSpecs> = BuiltinEvents & E
type AnyFields = { readonly [name: string]: FieldValue | null | undefined }

/**
 * A store and its helpers. Recording never throws, rejects, blocks or keeps its input. Invalid input is dropped,
 * counted on `quipu_dropped_total` and reported once through `diag`.
 */
export interface Recorder<M extends MetricSpecs = None, E extends EventSpecs = None> extends Store<M>, RecorderHelpers {
  /** Logs an activity event; without a user, that of `withUser`. No effect while the log is off. */
  logMetric<N extends string>(
    event: N,
    user?: string | null,
    fields?: N extends keyof EventsOf<E> ? FieldsOf<EventsOf<E>[N]> : AnyFields,
  ): void
  /**
   * Adds a listener of activity events. The first listener also receives earlier events. Returns a function that
   * removes it.
   */
  onActivity(listener: ActivityListener, options?: ActivityListenerOptions): () => void
  /** Returns the event to write, with declared fields only, cleaned; null for an unknown event. */
  prepareEvent(event: string, user: unknown, fields: unknown): ActivityEvent | null
  /** Returns whether the catalogue has an event of this name. */
  declaresEvent(name: string): boolean
  readonly activityLogOn: boolean
  /**
   * For instrumented clients: starts a tool call, or joins the application's open call of that tool. `label` is the
   * name to count it under when there is no open call; default its name.
   */
  joinToolCall(tool: string, label?: string): ToolCall
  /**
   * For observers of requests: returns a function that starts a model call later, in the scope of the code that runs now.
   * The methods of that call need their `this`.
   */
  deferLlmCall(): (options: LlmCallOptions) => LlmCall
  /** Counts an active user and returns the number of distinct users so far, which all UsageMetrics share. */
  countActiveUser(userId: string): number
  /**
   * Adds a listener that is called when withheld observations must be recorded: before an export and at the end of the
   * process.
   */
  onRecordPending(listener: () => void): () => void
  /** Records withheld observations, such as a failed attempt that a client may retry. Never throws. */
  recordPending(): void
  /** Changes settings. */
  configure(settings: RecorderSettings): void
  /** Adds entries. Throws a QuipuError for a name that would be exported twice; identical entries are accepted. */
  extend<M2 extends MetricSpecs, E2 extends EventSpecs>(catalog: {
    readonly metrics: M2
    readonly events: E2
  }): Recorder<M & M2, E & E2>
}
