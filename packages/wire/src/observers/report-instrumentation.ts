import type { Recorder } from '@quipu/core'

/** Subject of a report: a source of calls, an observed protocol, or a library. */
export type InstrumentationKind = 'source' | 'protocol' | 'library'

/** Whether the subject is observed, or has an unknown shape. */
export type InstrumentationStatus = 'active' | 'shape_unknown'

/**
 * Reports observed subjects on `quipu_instrumentation_info`, which explains why an application's calls are not
 * recorded.
 */
export function reportInstrumentation(
  recorder: Recorder,
  kind: InstrumentationKind,
  name: string,
  status: InstrumentationStatus,
): void {
  recorder.metrics.quipu_instrumentation_info.set(1, { kind, name, status })
}
