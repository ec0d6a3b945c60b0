import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { createRecorder } from '@quipu/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRequest } from '../../fixtures/otlp-receiver.js'
import { type BatchPart, halveBody } from './halve-body.js'

type Encoding = 'json' | 'protobuf'
const encodings: readonly Encoding[] = ['json', 'protobuf']
const resource = resourceFromAttributes({ 'service.name': 'shop' })

/** Every kind of metric, with a number of series. */
function metricsBody(encoding: Encoding, models: number): Uint8Array {
  const { metrics, producer } = createRecorder()
  for (let i = 0; i < models; i++) {
    const labels = { model: `model-${i}`, endpoint: 'chat' }
    metrics.llm_requests_total.add(i + 1, labels)
    metrics.llm_request_duration_seconds.record(i + 1, labels)
    metrics.workspace_size_bytes.set(i, { user_id: `user-${i}` })
  }
  const { scopeMetrics } = producer().collectNow().resourceMetrics
  const serializer = encoding === 'json' ? JsonMetricsSerializer : ProtobufMetricsSerializer
  return serializer.serializeRequest({ resource, scopeMetrics: [...scopeMetrics] }) ?? new Uint8Array()
}

function logsBody(encoding: Encoding, records: number): Uint8Array {
  const exporter = new InMemoryLogRecordExporter()
  const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] })
  for (let i = 0; i < records; i++)
    provider.getLogger(`scope-${i % 2}`).emit({ eventName: `event-${i}`, timestamp: 1e12 + i })
  const serializer = encoding === 'json' ? JsonLogsSerializer : ProtobufLogsSerializer
  return serializer.serializeRequest(exporter.getFinishedLogRecords()) ?? new Uint8Array()
}

function read(encoding: Encoding, body: Uint8Array, signal: 'metrics' | 'logs') {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
  const { points, logs, resource } = decodeRequest(
    { headers: { 'content-type': type }, url: `/v1/${signal}` },
    Buffer.from(body),
  )
  return { points, logs, resource }
}

/** Halves repeatedly, down to single points. */
function parts(body: Uint8Array, encoding: Encoding, signal: 'metrics' | 'logs'): readonly BatchPart[] {
  const halves = halveBody(body, encoding, signal)
  if (halves === undefined) return [{ body, count: 1 }]
  return halves.flatMap((half) => (half.count === 1 ? [half] : parts(half.body, encoding, signal)))
}

test.each(encodings)('metrics as %s: both halves together have the same points, in the same order', (encoding) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), (models) => {
      const body = metricsBody(encoding, models)
      const all = read(encoding, body, 'metrics')
      const halves = halveBody(body, encoding, 'metrics')
      if (halves === undefined) throw new Error('it was not cut')
      const both = halves.map((half) => read(encoding, half.body, 'metrics'))
      expect(both.flatMap(({ points }) => points)).toEqual(all.points)
      expect(both.map(({ points }) => points.length)).toEqual(halves.map(({ count }) => count))
      expect(Math.abs((halves[0].count ?? 0) - (halves[1].count ?? 0))).toBeLessThanOrEqual(1)
      for (const { resource } of both) expect(resource).toEqual(all.resource)
    }),
    { numRuns: 20 },
  )
})

test.each(encodings)('metrics as %s can be cut down to single points', (encoding) => {
  const body = metricsBody(encoding, 3)
  const { points } = read(encoding, body, 'metrics')
  const single = parts(body, encoding, 'metrics')
  expect(single.map((part) => part.count)).toEqual(points.map(() => 1))
  expect(single.flatMap((part) => read(encoding, part.body, 'metrics').points)).toEqual(points)
})

test.each(encodings)('log records as %s are cut as well', (encoding) => {
  const body = logsBody(encoding, 7)
  const { logs } = read(encoding, body, 'logs')
  expect(logs).toHaveLength(7)
  expect(parts(body, encoding, 'logs').flatMap((part) => read(encoding, part.body, 'logs').logs)).toEqual(logs)
})

test('other data is not split', () => {
  fc.assert(
    fc.property(
      fc.uint8Array(),
      fc.constantFrom(...encodings),
      fc.constantFrom('metrics' as const, 'logs' as const),
      (body, encoding, signal) => {
        const halves = halveBody(body, encoding, signal)
        if (halves !== undefined) expect(halves[0].count).toBeGreaterThan(0)
      },
    ),
  )
  expect(halveBody(new Uint8Array(), 'protobuf', 'metrics')).toBeUndefined()
  expect(halveBody(Buffer.from('{"resourceMetrics":[]}'), 'json', 'metrics')).toBeUndefined()
})
