import type { Recorder } from '@quipu/core'
import { observeHttpClients, observeHttpServers } from '@quipu/http/node-http'
import { observeRuntime } from '@quipu/runtime'

/**
 * Records incoming and outgoing HTTP requests, and measurements of the process and its runtime.
 * @returns a function that samples the process a last time and stops. Call it before the last export, because values
 * that are recorded later count as lost.
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
