import type { Resource } from '@opentelemetry/resources'
import type { Recorder } from '@quipu/core'
import { createConsoleReader, createOtlpReader, type PushReader } from '@quipu/otlp'
import type { ProcessGroup } from '@quipu/processes'
import type { Configuration } from '../configuration/configuration.js'
import { toExportContext } from './export-context.js'

/** Creates the configured push readers: OTLP, console, both or none. */
export function createPushReaders(
  recorder: Recorder,
  configuration: Configuration,
  resource: () => Resource,
  group: ProcessGroup | undefined,
): readonly PushReader[] {
  const { intervalMs, exportTimeoutMs, exitHooks, otlp, console, producers } = configuration
  const sendsAtExit = exitHooks.exit
  const context = { ...toExportContext(recorder), group, sendsAtExit, intervalMs, exportTimeoutMs, producers }
  return [
    ...(otlp === undefined ? [] : [createOtlpReader(context, otlp, resource)]),
    ...(console ? [createConsoleReader(context, resource)] : []),
  ]
}
