import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { metricsRequest } from './metrics-schema.js'
import { readProtobuf } from './read-protobuf.js'
import { createReceivedMetrics } from './received-metrics.js'

const point = (value: number, model = 'gpt-4') => ({
  attributes: [{ key: 'model', value: { stringValue: model } }],
  asInt: String(value),
})
const request = (metric: object, service = 'app') => ({
  resourceMetrics: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeMetrics: [{ scope: { name: 'test' }, metrics: [metric] }],
    },
  ],
})
const sum = (value: number, aggregationTemporality: unknown, service?: string) =>
  request({ name: 'calls', sum: { dataPoints: [point(value)], aggregationTemporality, isMonotonic: true } }, service)

function pointsOf(received: ReturnType<typeof createReceivedMetrics>) {
  return received
    .collect()
    .resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(({ dataPoints }) => dataPoints))
}

describe('received metrics', () => {
  test('have the last cumulative value', () => {
    const received = createReceivedMetrics()
    received.take(sum(5, 2))
    received.take(sum(9, 2))
    expect(pointsOf(received)).toEqual([
      { attributes: { model: 'gpt-4', 'service.name': 'app' }, startTime: [0, 0], value: 9 },
    ])
  })

  test.each([1, 'AGGREGATION_TEMPORALITY_DELTA'])('add deltas: %s', (delta) => {
    const received = createReceivedMetrics()
    received.take(sum(5, delta))
    received.take(sum(9, delta))
    expect(pointsOf(received)[0]?.value).toBe(14)
  })

  test('keep the series of two applications separate', () => {
    const received = createReceivedMetrics()
    received.take(sum(5, 2, 'one'))
    received.take(sum(9, 2, 'two'))
    expect(pointsOf(received).map(({ value }) => value)).toEqual([5, 9])
  })

  test('expire when they are not sent for five minutes', () => {
    let now = 0
    const received = createReceivedMetrics(() => now)
    received.take(sum(5, 2))
    now = 300_001
    expect(pointsOf(received)).toEqual([])
  })

  test('are unchanged by an invalid request', () => {
    const received = createReceivedMetrics()
    fc.assert(fc.property(fc.jsonValue(), (value) => received.take(value)))
    fc.assert(fc.property(fc.jsonValue(), (value) => received.take({ resourceMetrics: [{ scopeMetrics: value }] })))
    expect(pointsOf(received)).toEqual([])
  })
})

test('bytes that are not a request are refused, or skipped, and never hang', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readProtobuf(bytes, metricsRequest)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})
