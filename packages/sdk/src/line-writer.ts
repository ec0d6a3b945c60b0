import { type ActivityWriter, createActivityWriter, stdoutSink } from '@quipu/activity-log'
import { createPseudonymizer, type Recorder } from '@quipu/core'
import type { ActivityLogOptions } from './configuration/activity-log-options.js'

/** The writer of lines as configured; undefined where they go nowhere. */
export function createLineWriter(
  recorder: Recorder,
  { sink, format, users }: ActivityLogOptions,
  nameOf: (user: string) => string | null,
  hasHost: boolean,
  timeoutMs: number,
): ActivityWriter | undefined {
  if (sink === false || (sink === undefined && hasHost)) return undefined
  return createActivityWriter({
    sink: sink ?? stdoutSink(),
    format,
    users,
    // The records of the other ways have the same pseudonyms.
    ...(users === 'hmac' && { pseudonymize: (user: string) => nameOf(user) ?? '' }),
    recorder,
    timeoutMs,
  })
}

/** How users are named, on every way out alike (T23). */
export function toNaming({ users = 'plain', key, pseudonymize }: ActivityLogOptions): (user: string) => string | null {
  if (users === 'none') return () => null
  return users === 'plain' ? (user) => user : (pseudonymize ?? createPseudonymizer(key))
}
