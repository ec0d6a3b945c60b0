import type { BuiltinEvents, EventSpecs, FieldsOf, MetricSpecs } from '@quipu/catalog/builtin'
import type { Store } from '@quipu/store'
import type { ActivityEvent, ActivityListener, ActivityListenerOptions, FieldValue } from './activity/activity.js'
import type { RecorderHelpers } from './observe/create-helpers.js'
import type { ToolCall } from './observe/tool-call.js'
import type { RecorderSettings } from './recorder-options.js'

type None = Record<never, never>
type EventsOf<E extends EventSpecs> = BuiltinEvents & E
type AnyFields = { readonly [name: string]: FieldValue | null | undefined }

/**
 * A store and everything that records into it. Nothing that records throws, rejects, blocks or keeps what it is given;
 * what it cannot record it drops, counts on `quipu_dropped_total` and reports once through `diag`.
 */
export interface Recorder<M extends MetricSpecs = None, E extends EventSpecs = None> extends Store<M>, RecorderHelpers {
  /** Logs an activity event; without a user, that of the user named by `withUser`. Nothing happens while the log is off. */
  logMetric<N extends string>(
    event: N,
    user?: string | null,
    fields?: N extends keyof EventsOf<E> ? FieldsOf<EventsOf<E>[N]> : AnyFields,
  ): void
  /** Calls a listener with each activity event from now on, and first with those that no listener has received. */
  onActivity(listener: ActivityListener, options?: ActivityListenerOptions): () => void
  /** The event that may be written: declared fields only, cleaned; null when there is no such event. */
  prepareEvent(event: string, user: unknown, fields: unknown): ActivityEvent | null
  /** Whether the catalogue has an event of this name. */
  declaresEvent(name: string): boolean
  readonly activityLogOn: boolean
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
  /** Changes what may be chosen late. */
  configure(settings: RecorderSettings): void
  /** Adds entries; throws a QuipuError when a name would be exported twice. The same entries again are no error. */
  extend<M2 extends MetricSpecs, E2 extends EventSpecs>(catalog: {
    readonly metrics: M2
    readonly events: E2
  }): Recorder<M & M2, E & E2>
}
