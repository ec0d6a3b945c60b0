import { createRecorder } from '@quipu/core'
import { expect, test, vi } from 'vitest'
import { observeRuntime } from './observe-runtime.js'

vi.mock('node:worker_threads', async (original) => ({ ...(await original<object>()), isMainThread: false }))

test('a thread reports its own heap and event loop, and leaves the process to the main thread', () => {
  const recorder = createRecorder({ standard: ['semconv', 'prom_client'] })
  const stop = observeRuntime({ recorder })
  const recorded = recorder
    .readings()
    .filter((reading) => reading.cells().some(({ data, at }) => data[at] !== 0))
    .map(({ name }) => name)
  stop()
  expect(recorded).toEqual(
    expect.arrayContaining(['v8js.memory.heap.used', 'nodejs.eventloop.time', 'nodejs_heap_size_used_bytes']),
  )
  expect(recorded.filter((name) => name.startsWith('process'))).toEqual([])
})
