import type { Recorder } from '@quipu/core'
import { observeHttpServers } from '@quipu/http/node-http'
import { observeRuntime } from '@quipu/http/runtime'

/** What is recorded without a call of the application's. */
export interface StandardMetrics {
  /** Samples the process a last time: what is sampled after the last export would count as lost. */
  freeze(): void
  stop(): void
}

/** Records the requests of every server of this process, and what the process and its runtime report. */
export function recordStandardMetrics(recorder: Recorder): StandardMetrics {
  const stopServers = observeHttpServers({ recorder })
  const stopRuntime = observeRuntime({ recorder })
  return {
    freeze() {
      recorder.readings()
      stopRuntime()
    },
    stop() {
      stopRuntime()
      stopServers()
    },
  }
}
