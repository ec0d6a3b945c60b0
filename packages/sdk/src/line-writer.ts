import { type ActivityWriter, createActivityWriter, stdoutSink } from '@quipu/activity-log'
import { createPseudonymizer, type Recorder } from '@quipu/core'
import type { ActivityLogOptions } from './configuration/activity-log-options.js'

/** Creates the configured writer of lines; undefined if they have no destination. */
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
    // Other outputs use the same pseudonyms.
    ...(users === 'hmac' && { pseudonymize: (user: string) => nameOf(user) ?? '' }),
    recorder,
    timeoutMs,
  })
}

/** Returns the function that names users in all outputs. */
export function toNaming({ users = 'plain', key, pseudonymize }: ActivityLogOptions): (user: string) => string | null {
  if (users === 'none') return () => null
  return users === 'plain' ? (user) => user : (pseudonymize ?? createPseudonymizer(key))
}
