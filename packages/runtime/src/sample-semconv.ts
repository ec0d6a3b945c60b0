import { isMainThread } from 'node:worker_threads'
import type { Recorder } from '@quipu/core'
import type { RuntimeSample } from './runtime-sample.js'
import { settableSum } from './settable-sum.js'

/** Records a sample under OpenTelemetry's names. */
export function sampleSemconv({ metrics }: Recorder): (sample: RuntimeSample) => void {
  const user = settableSum(metrics['process.cpu.time'].with({ 'cpu.mode': 'user' }))
  const system = settableSum(metrics['process.cpu.time'].with({ 'cpu.mode': 'system' }))
  const active = settableSum(metrics['nodejs.eventloop.time'].with({ 'nodejs.eventloop.state': 'active' }))
  const idle = settableSum(metrics['nodejs.eventloop.time'].with({ 'nodejs.eventloop.state': 'idle' }))
  const resident = settableSum(metrics['process.memory.usage'].with())
  const virtual = settableSum(metrics['process.memory.virtual'].with())
  const files = settableSum(metrics['process.unix.file_descriptor.count'].with())
  const spaces = new Map<string, readonly ReturnType<typeof settableSum>[]>()
  const spaceOf = (name: string) => {
    const labels = { 'v8js.heap.space.name': name }
    const known = spaces.get(name) ?? [
      settableSum(metrics['v8js.memory.heap.limit'].with(labels)),
      settableSum(metrics['v8js.memory.heap.used'].with(labels)),
      settableSum(metrics['v8js.memory.heap.space.available_size'].with(labels)),
      settableSum(metrics['v8js.memory.heap.space.physical_size'].with(labels)),
    ]
    spaces.set(name, known)
    return known
  }
  return ({ cpu, memory, virtualBytes, openFiles, uptimeSeconds, loop, delay, spaces: heap }) => {
    // Only the main thread reports the whole process, which its threads share.
    if (isMainThread) {
      user(cpu.user)
      system(cpu.system)
      resident(memory.rss)
      virtual(virtualBytes)
      files(openFiles)
      metrics['process.uptime'].set(uptimeSeconds)
    }
    active(loop.active)
    idle(loop.idle)
    metrics['nodejs.eventloop.utilization'].set(loop.utilization)
    metrics['nodejs.eventloop.delay.min'].set(delay.min)
    metrics['nodejs.eventloop.delay.max'].set(delay.max)
    metrics['nodejs.eventloop.delay.mean'].set(delay.mean)
    metrics['nodejs.eventloop.delay.stddev'].set(delay.stddev)
    metrics['nodejs.eventloop.delay.p50'].set(delay.p50)
    metrics['nodejs.eventloop.delay.p90'].set(delay.p90)
    metrics['nodejs.eventloop.delay.p99'].set(delay.p99)
    for (const space of heap) {
      const [limit, used, available, physical] = spaceOf(space.space_name)
      limit?.(space.space_size)
      used?.(space.space_used_size)
      available?.(space.space_available_size)
      physical?.(space.physical_space_size)
    }
  }
}
