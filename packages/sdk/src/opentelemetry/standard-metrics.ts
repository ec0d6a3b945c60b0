import type { Meter, MeterProvider } from '@opentelemetry/api'
import { VERSION } from '../version.js'
import { measureHttpServer } from './http-server-metrics.js'
import { loadRuntimeNode } from './load-opentelemetry.js'

/**
 * Records OpenTelemetry's standard metrics of a Node process: HTTP server, runtime and process (S3).
 * @param isOwnScrape whether a request was for one of Quipu's own pages, which are counted elsewhere
 * @returns a function that ends it
 */
export function recordStandardMetrics(provider: MeterProvider, isOwnScrape: (request: object) => boolean): () => void {
  const meter = provider.getMeter('@quipu/sdk', VERSION)
  const stopHttp = measureHttpServer(meter, isOwnScrape)
  const stopProcess = observeProcess(meter)
  const { RuntimeNodeInstrumentation } = loadRuntimeNode()
  const runtime = new RuntimeNodeInstrumentation()
  runtime.setMeterProvider(provider)
  return () => {
    stopHttp()
    stopProcess()
    runtime.disable()
  }
}

/** What was said of the processor's time before this package's last end: a delta is told once. */
let saidBefore: NodeJS.CpuUsage = { user: 0, system: 0 }

/** `process.cpu.time` and `process.memory.usage`, as the semantic conventions for processes have them. */
function observeProcess(meter: Meter): () => void {
  const cpu = meter.createObservableCounter('process.cpu.time', {
    description: 'Total CPU seconds broken down by different CPU modes.',
    unit: 's',
  })
  const memory = meter.createObservableUpDownCounter('process.memory.usage', {
    description: 'The amount of physical memory in use.',
    unit: 'By',
  })
  let said = saidBefore
  const observeCpu: Parameters<typeof cpu.addCallback>[0] = (result) => {
    said = process.cpuUsage()
    const user = said.user - saidBefore.user
    const system = said.system - saidBefore.system
    result.observe(user / 1e6, { 'cpu.mode': 'user' })
    result.observe(system / 1e6, { 'cpu.mode': 'system' })
  }
  const observeMemory: Parameters<typeof memory.addCallback>[0] = (result) => result.observe(process.memoryUsage.rss())
  cpu.addCallback(observeCpu)
  memory.addCallback(observeMemory)
  return () => {
    saidBefore = said
    cpu.removeCallback(observeCpu)
    memory.removeCallback(observeMemory)
  }
}
