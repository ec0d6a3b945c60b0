import type { Recorder } from '@quipu/core'

/** What is reported: where calls are seen, a protocol that was seen, or a library. */
export type InstrumentationKind = 'source' | 'protocol' | 'library'

/** Whether it is observed, or was found in a shape that is not known. */
export type InstrumentationStatus = 'active' | 'shape_unknown'

/** Reports on `quipu_instrumentation_info` what is observed: an application whose calls are not recorded can see why. */
export function reportInstrumentation(
  recorder: Recorder,
  kind: InstrumentationKind,
  name: string,
  status: InstrumentationStatus,
): void {
  recorder.metrics.quipu_instrumentation_info.set(1, { kind, name, status })
}
