import { isMainThread } from 'node:worker_threads'
import type { Recorder } from '@quipu/core'
import type { RuntimeSample } from './runtime-sample.js'
import { settableSum } from './settable-sum.js'

/** Records a sample under the names of prom-client's default metrics. */
export function samplePromClient({ metrics }: Recorder): (sample: RuntimeSample) => void {
  let begun: ReturnType<typeof beginCounters> | undefined
  return (sample) => {
    // Only the main thread reports the whole process, which its threads share.
    if (isMainThread) {
      begun ??= beginCounters(metrics)
      begun(sample)
      metrics.process_start_time_seconds.set(Math.round(Date.now() / 1000 - sample.uptimeSeconds))
      setProcess(metrics, sample)
    }
    setHeap(metrics, sample)
    setLag(metrics, sample)
    countByType(
      metrics.nodejs_active_resources,
      metrics.nodejs_active_resources_total,
      process.getActiveResourcesInfo(),
    )
    countByType(metrics.nodejs_active_handles, metrics.nodejs_active_handles_total, internalsOf('_getActiveHandles'))
    countByType(metrics.nodejs_active_requests, metrics.nodejs_active_requests_total, internalsOf('_getActiveRequests'))
    const [major = '', minor = '', patch = ''] = process.versions.node.split('.')
    metrics.nodejs_version_info.set(1, { version: process.version, major, minor, patch })
  }
}

type Metrics = Recorder['metrics']

function beginCounters(metrics: Metrics): (sample: RuntimeSample) => void {
  const user = settableSum(metrics.process_cpu_user_seconds_total.with())
  const system = settableSum(metrics.process_cpu_system_seconds_total.with())
  const all = settableSum(metrics.process_cpu_seconds_total.with())
  return ({ cpu }) => {
    user(cpu.user)
    system(cpu.system)
    all(cpu.user + cpu.system)
  }
}

function setProcess(metrics: Metrics, sample: RuntimeSample): void {
  const { memory, virtualBytes, dataBytes, openFiles, maxFiles } = sample
  metrics.process_resident_memory_bytes.set(memory.rss)
  if (virtualBytes !== undefined) metrics.process_virtual_memory_bytes.set(virtualBytes)
  if (dataBytes !== undefined) metrics.process_heap_bytes.set(dataBytes)
  if (openFiles !== undefined) metrics.process_open_fds.set(openFiles)
  if (maxFiles !== undefined) metrics.process_max_fds.set(maxFiles)
}

function setHeap(metrics: Metrics, { memory, spaces }: RuntimeSample): void {
  metrics.nodejs_heap_size_total_bytes.set(memory.heapTotal)
  metrics.nodejs_heap_size_used_bytes.set(memory.heapUsed)
  metrics.nodejs_external_memory_bytes.set(memory.external)
  for (const each of spaces) {
    // prom-client calls `new_space` `new`.
    const space = each.space_name.replace(/_space$/, '')
    metrics.nodejs_heap_space_size_total_bytes.set(each.space_size, { space })
    metrics.nodejs_heap_space_size_used_bytes.set(each.space_used_size, { space })
    metrics.nodejs_heap_space_size_available_bytes.set(each.space_available_size, { space })
  }
}

function setLag(metrics: Metrics, { delay }: RuntimeSample): void {
  // prom-client measures one turn of the event loop. The mean of all turns is more informative and needs no timer.
  metrics.nodejs_eventloop_lag_seconds.set(delay.mean)
  metrics.nodejs_eventloop_lag_min_seconds.set(delay.min)
  metrics.nodejs_eventloop_lag_max_seconds.set(delay.max)
  metrics.nodejs_eventloop_lag_mean_seconds.set(delay.mean)
  metrics.nodejs_eventloop_lag_stddev_seconds.set(delay.stddev)
  metrics.nodejs_eventloop_lag_p50_seconds.set(delay.p50)
  metrics.nodejs_eventloop_lag_p90_seconds.set(delay.p90)
  metrics.nodejs_eventloop_lag_p99_seconds.set(delay.p99)
}

const seenTypes = new WeakMap<object, Map<string, number>>()

function countByType(
  byType: Metrics['nodejs_active_resources'],
  total: Metrics['nodejs_active_resources_total'],
  types: readonly string[],
): void {
  const counts = seenTypes.get(byType) ?? new Map<string, number>()
  seenTypes.set(byType, counts)
  // A type without objects shows 0 and not its last value.
  for (const type of counts.keys()) counts.set(type, 0)
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1)
  for (const [type, count] of counts) byType.set(count, { type })
  total.set(types.length)
}

/** The classes of the objects in Node's undocumented lists, which prom-client reads as well. */
function internalsOf(name: '_getActiveHandles' | '_getActiveRequests'): readonly string[] {
  const list: unknown = Reflect.get(process, name)
  const objects: unknown = typeof list === 'function' ? Reflect.apply(list, process, []) : []
  return Array.isArray(objects) ? objects.map(className) : []
}

function className(value: unknown): string {
  const made: unknown = typeof value === 'object' && value !== null ? value.constructor : undefined
  return typeof made === 'function' ? made.name : 'Object'
}
