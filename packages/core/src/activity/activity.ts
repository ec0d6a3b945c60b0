/** A field of an activity event, as it is written on the line. */
export type FieldValue = string | number | boolean | bigint

/** One thing a user did: what an activity line says. Fields are declared ones only, cleaned, in the order they were given. */
export interface ActivityEvent {
  readonly event: string
  /** Who did it; null when nobody is known. */
  readonly user: string | null
  readonly fields: { readonly [name: string]: FieldValue }
  /** Milliseconds since the Unix epoch. */
  readonly unixMs: number
}

/** Takes events as they happen; must not throw, and is guarded if it does. */
export type ActivityListener = (event: ActivityEvent) => void

export interface ActivityListenerOptions {
  /** The listener hears events only while it is alone: the next listener replaces it, for good. Default false. */
  readonly givesWay?: boolean
}

/** Name of the variable that turns the activity log on. */
export const ACTIVITY_LOG_FLAG = 'FEATURE_METRICS_LOGGING_ENABLED'
