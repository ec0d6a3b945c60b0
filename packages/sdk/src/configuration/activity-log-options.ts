import type { ActivityWriterOptions } from '@quipu/activity-log'
import { callback, either, flag, group, instance, type OptionsOf, option, text, word } from '@quipu/catalog/options'
import { ACTIVITY_LOG_FLAG, isFlagOn } from '@quipu/core'
import { otlpOptions } from '@quipu/otlp'

const { url, headers, protocol, compression, timeoutMs, spool } = otlpOptions.fields

/** How log records reach their own back end. */
const logOtlpOptions = group({ url, headers, protocol, compression, timeoutMs, spool })

/** Outputs of activity events. */
export const activityLogOptions = group({
  /** Turns activity events on. In the variable `true 1 yes on t y` do, in any case; everything else is off. */
  enabled: option({ ...flag, parse: isFlagOn }, { default: false, variables: [ACTIVITY_LOG_FLAG] }),
  /** Destination of lines; false for none. */
  sink: option(instance<ActivityWriterOptions['sink'] | false>('a sink, a function or false', isSink), {
    otherwise: 'standard output, or none with a `loggerProvider`',
    example: "activityLog: { sink: fileSink('activity.log') }",
  }),
  /** `text` writes `[METRIC]` lines, `json` one JSON object per line. */
  format: option(word(['text', 'json']), { default: 'text', variables: ['QUIPU_ACTIVITY_LOG_FORMAT'] }),
  /** Representation of users: `plain` as given, `hmac` as a keyed pseudonym, `none` as `[unknown]`. */
  users: option(word(['plain', 'hmac', 'none']), {
    default: 'plain',
    variables: ['QUIPU_ACTIVITY_LOG_USERS'],
    failsClosed: true,
  }),
  /** Key for the pseudonyms of `hmac`, a secret. */
  key: option(text({ min: 16, expected: 'a text of at least 16 characters' }), {
    secret: true,
    otherwise: 'a random key at every start',
    variables: ['QUIPU_ACTIVITY_LOG_KEY'],
    example: "activityLog: { users: 'hmac', key: process.env.ACTIVITY_LOG_KEY }, a secret of at least 16 characters",
  }),
  /** Replaces the built-in pseudonyms. */
  pseudonymize: option(callback<(user: string) => string>(), {}),
  /** Also exports the events as OTLP log records, to `/v1/logs` of the `otlp` back end or to their own back end. */
  otlp: option(either(flag, logOtlpOptions), {
    otherwise: 'whether OTEL_LOGS_EXPORTER names `otlp`',
    example: 'activityLog: { otlp: true }',
  }),
})

export interface ActivityLogOptions extends OptionsOf<typeof activityLogOptions.fields> {}

function isSink(value: unknown): boolean {
  if (value === false || typeof value === 'function') return true
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function'
}
