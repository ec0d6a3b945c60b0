import type { Resource } from '@opentelemetry/resources'
import type { Recorder } from '@quipu/core'
import type { ProcessGroup } from '@quipu/processes'
import type { Configuration } from '../configuration/configuration.js'
import { createConsoleReader } from './console-reader.js'
import { createOtlpReader } from './otlp-reader.js'
import type { PushReader } from './push-reader.js'

/** The readers that push, as configured: OTLP, console, both or none. */
export function createPushReaders(
  recorder: Recorder,
  configuration: Configuration,
  resource: () => Resource,
  group: ProcessGroup | undefined,
): readonly PushReader[] {
  return [
    ...(configuration.otlp === undefined
      ? []
      : [createOtlpReader(recorder, configuration, configuration.otlp, resource, group)]),
    ...(configuration.console ? [createConsoleReader(recorder, configuration, group)] : []),
  ]
}
