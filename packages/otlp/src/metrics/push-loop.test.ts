import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createProducer, createRecorder } from '@quipu/core'
import { expect, it, vi } from 'vitest'
import { createPushLoop } from './push-loop.js'

it('sends batches of earlier intervals, even if nothing was recorded since', async () => {
  const resource = resourceFromAttributes({})
  const send = vi.fn(async (_: ResourceMetrics) => undefined)
  const loop = createPushLoop({
    producer: createProducer(() => [], createRecorder().clock, { temporality: 'delta' }),
    resource: () => resource,
    intervalMs: 3_600_000,
    collectTimeoutMs: 1000,
    temporality: 'delta',
    histograms: 'explicit',
    send,
    shutdown: async () => undefined,
  })
  await loop.forceFlush()
  expect(send.mock.calls.map(([{ scopeMetrics }]) => scopeMetrics)).toEqual([[]])
  await loop.shutdown()
})
