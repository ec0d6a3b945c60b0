import type { ActivityEvent, ActivityListener, Recorder } from '@quipu/core'
import { createLogExport, type LogExport } from '@quipu/otlp'
import type { Configuration } from './configuration/configuration.js'
import { toExportContext } from './export/export-context.js'
import { createLineWriter, toNaming } from './line-writer.js'
import { createResource } from './opentelemetry/resource.js'
import type { RecentLines } from './studio/recent-lines.js'
import { VERSION } from './version.js'

/** The outputs of the activity events. */
export interface ActivityLines {
  /** The OTLP export, if there is one. */
  readonly logExport: LogExport | undefined
  flush(): Promise<unknown>
  close(): Promise<unknown>
}

/** OTLP scope of the activity events, named after the vocabulary. */
const SCOPE = 'quipu.atlas'

/**
 * Connects a recorder's activity events with lines, a LoggerProvider and OTLP, as configured. While the activity log is
 * off, no output is opened and no listener is added.
 */
export function connectActivityLog(
  recorder: Recorder,
  { activityLog, loggerProvider: host, logsEndpoint, resource, shutdownTimeoutMs }: Configuration,
  recent?: RecentLines,
): ActivityLines {
  if (!activityLog.enabled) return { logExport: undefined, flush: async () => undefined, close: async () => undefined }
  const nameOf = toNaming(activityLog)
  const write = createLineWriter(recorder, activityLog, nameOf, host !== undefined, shutdownTimeoutMs)
  const logExport = logsEndpoint && createLogExport(toExportContext(recorder), logsEndpoint, createResource(resource))
  const providers = [host, logExport?.provider].filter((provider) => provider !== undefined)
  const loggers = providers.map((provider) => provider.getLogger(SCOPE, VERSION))
  const listeners: readonly ActivityListener[] = [
    ...(write === undefined ? [] : [write]),
    ...loggers.map(
      (logger): ActivityListener =>
        (event) =>
          logger.emit(toLogRecord(event, nameOf)),
    ),
    ...(recent === undefined
      ? []
      : [(event: ActivityEvent) => recent.add(event, event.user === null ? null : nameOf(event.user))]),
  ]
  // One listener for all outputs, because the first listener receives the events from before it was added.
  const stop = recorder.onActivity((event) => {
    for (const listener of listeners) recorder.guard('activity_listener', () => listener(event))
  })
  const flushAll = () => Promise.allSettled([write?.flush(), host?.forceFlush?.(), logExport?.flush()])
  return {
    logExport,
    flush: flushAll,
    async close() {
      stop()
      await Promise.allSettled([write?.close(), host?.forceFlush?.(), logExport?.shutdown()])
    },
  }
}

function toLogRecord({ event, user, fields, unixMs }: ActivityEvent, nameOf: (user: string) => string | null) {
  const name = user === null ? null : nameOf(user)
  const attributes: Record<string, string | number | boolean> = name === null ? {} : { 'user.name': name }
  for (const [key, value] of Object.entries(fields)) attributes[key] = typeof value === 'bigint' ? String(value) : value
  return { eventName: event, timestamp: unixMs, attributes }
}
