import type { Recorder } from '@quipu/core'
import { observeHttpClients, observeHttpServers } from '@quipu/http/node-http'
import { observeRuntime } from '@quipu/http/runtime'

/**
 * Records the requests of every server of this process and those it sends, and what the process and its runtime report.
 * @returns a function that samples the process a last time and ends it; to be called before the last export, after which
 * whatever is recorded counts as lost
 */
export function recordStandardMetrics(recorder: Recorder): () => void {
  const stopServers = observeHttpServers({ recorder })
  const stopClients = observeHttpClients({ recorder })
  const stopRuntime = observeRuntime({ recorder })
  return () => {
    recorder.readings()
    stopServers()
    stopClients()
    stopRuntime()
  }
}
