import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitMetrics } from './split-metrics.js'

/** A collection with a number of series of metrics in two scopes. */
function collection(actions: number, calls: number): ResourceMetrics {
  const recorder = createRecorder()
  for (let i = 0; i < actions; i++) recorder.metrics.user_action_total.add(1, { action_type: `a${i}` })
  for (let i = 0; i < calls; i++)
    recorder.metrics.llm_request_duration_seconds.record(i, { model: `m${i}`, endpoint: 'chat' })
  const { scopeMetrics } = recorder.producer().collectNow().resourceMetrics
  return { resource: resourceFromAttributes({ 'service.name': 'split' }), scopeMetrics }
}

/** Every point with its scope and metric, in order. */
const pointsOf = (batches: readonly ResourceMetrics[]) =>
  batches.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap(({ scope, metrics }) =>
      metrics.flatMap(({ descriptor, dataPoints }) => dataPoints.map((point) => [scope.name, descriptor.name, point])),
    ),
  )

test('every point is in one request, in order and under its metric, and no request exceeds the limit', () => {
  fc.assert(
    fc.property(fc.nat({ max: 30 }), fc.nat({ max: 30 }), fc.integer({ min: 1, max: 40 }), (actions, calls, max) => {
      const batch = collection(actions, calls)
      const parts = splitMetrics(batch, max)
      expect(pointsOf(parts)).toEqual(pointsOf([batch]))
      const sizes = parts.map((part) => pointsOf([part]).length)
      expect(sizes.slice(0, -1).every((size) => size === max)).toBe(true)
      expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(max)
      expect(parts.every(({ resource }) => resource === batch.resource)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('without a limit it is one request, and an empty collection gives no request', () => {
  expect(splitMetrics(collection(5, 5), Number.POSITIVE_INFINITY)).toHaveLength(1)
  expect(splitMetrics({ ...collection(0, 0), scopeMetrics: [] }, 10)).toEqual([])
})
