/** Value of a field, as written on the line. */
export type FieldValue = string | number | boolean | bigint

/** An action of a user, as an activity line shows it. It has only declared fields, cleaned, in their original order. */
export interface ActivityEvent {
  readonly event: string
  /** The user; null if unknown. */
  readonly user: string | null
  readonly fields: { readonly [name: string]: FieldValue }
  /** Milliseconds since the Unix epoch. */
  readonly unixMs: number
}

/** Receives events as they happen. It should not throw; errors are caught and counted. */
export type ActivityListener = (event: ActivityEvent) => void

export interface ActivityListenerOptions {
  /** Whether the next listener replaces this one, which then no longer receives events. Default false. */
  readonly isReplaceable?: boolean
}

/** Name of the variable that enables the activity log. */
export const ACTIVITY_LOG_FLAG = 'FEATURE_METRICS_LOGGING_ENABLED'
