import type { Recorder } from '@quipu/core'

/** Whether a client library is observed, and if not, why. */
export type InstrumentationStatus = 'active' | 'shape_unknown' | 'outside_tested_range'

/** Says on `llm_instrumentation_info` what was found: that nothing is recorded must not go unnoticed. */
export function sayInstrumentation(
  recorder: Recorder,
  library: string,
  version: string | undefined,
  status: InstrumentationStatus,
): void {
  recorder.metrics.llm_instrumentation_info.set(1, { library, version: version ?? 'unknown', status })
}
