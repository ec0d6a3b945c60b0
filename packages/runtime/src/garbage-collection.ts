import { constants, PerformanceObserver } from 'node:perf_hooks'
import type { Recorder } from '@quipu/core'

const kinds = new Map([
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major'],
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weakcb'],
] as const)

/**
 * Records each garbage collection from now on.
 * @returns a function that stops the observation
 */
export function followGarbageCollection(recorder: Recorder): () => void {
  const { metrics } = recorder
  const observer = new PerformanceObserver((list) =>
    recorder.guard('gc', () => {
      const isSemconv = recorder.records('semconv')
      const isPromClient = recorder.records('prom_client')
      for (const entry of list.getEntries()) {
        const kind = kinds.get(kindOf(Reflect.get(entry, 'detail')))
        if (kind === undefined) continue
        if (isSemconv) metrics['v8js.gc.duration'].record(entry.duration / 1000, { 'v8js.gc.type': kind })
        if (isPromClient) metrics.nodejs_gc_duration_seconds.record(entry.duration / 1000, { kind })
      }
    }),
  )
  observer.observe({ entryTypes: ['gc'] })
  return () => observer.disconnect()
}

function kindOf(detail: unknown): number {
  const kind: unknown = typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'kind') : undefined
  return typeof kind === 'number' ? kind : -1
}
