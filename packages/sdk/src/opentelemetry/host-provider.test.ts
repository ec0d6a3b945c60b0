import { metrics } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import type { Quipu } from '../lifecycle/quipu.js'
import { start } from '../start.js'

let exporter: InMemoryMetricExporter
let host: MeterProvider
let receiver: OtlpReceiver
let recorder: Recorder
let quipu: Quipu

beforeEach(async () => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  host = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e6 })] })
  metrics.setGlobalMeterProvider(host)
  receiver = await startOtlpReceiver()
  recorder = createRecorder()
})
afterEach(async () => {
  await quipu.shutdown()
  metrics.disable()
  await host.shutdown()
  await receiver.close()
  vi.unstubAllEnvs()
})

async function hostHas(name: string): Promise<number | undefined> {
  exporter.reset()
  await host.forceFlush()
  const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  const value = all.find(({ descriptor }) => descriptor.name === name)?.dataPoints[0]?.value
  return typeof value === 'number' ? value : undefined
}

test('an application keeps its MeterProvider, which exports the catalogue as well', async () => {
  quipu = start({ recorder, exitHooks: false })
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  expect(metrics.getMeterProvider()).toBe(host)
  expect(await hostHas('user_action_total')).toBe(3)
})

test('the standard metrics are on Quipu’s page and not in the application’s exports', async () => {
  quipu = start({ recorder, exitHooks: false })
  expect(await quipu.page('metrics')).toContain('process_memory_usage_bytes')
  expect(await hostHas('process.memory.usage')).toBeUndefined()
})

test('OTLP in code is exported by Quipu, and the application’s exports are unchanged', async () => {
  quipu = start({ recorder, otlp: { url: receiver.url }, exitHooks: false })
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  await quipu.flush()
  expect(receiver.requests[0]!.points.find(({ name }) => name === 'user_action_total')?.value).toBe(3)
  expect(await hostHas('user_action_total')).toBeUndefined()
})

test('OTLP that only the environment enables is left to the application’s provider, so that nothing arrives twice', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url)
  quipu = start({ recorder, exitHooks: false })
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  await quipu.flush()
  expect(receiver.requests).toEqual([])
  expect(await hostHas('user_action_total')).toBe(3)
})

test('attach: false keeps the catalogue out of the application’s exports', async () => {
  quipu = start({ recorder, attach: false, exitHooks: false })
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  expect(await hostHas('user_action_total')).toBeUndefined()
  expect(await quipu.page('custom_metrics')).toContain('user_action_total{action_type="a"} 3')
})

test('shutdown restores the application’s provider', async () => {
  quipu = start({ recorder, exitHooks: false })
  recorder.metrics.user_action_total.add(3, { action_type: 'a' })
  await quipu.shutdown()
  expect(metrics.getMeterProvider()).toBe(host)
  expect(await hostHas('user_action_total')).toBeUndefined()
  const counter = host.getMeter('app').createCounter('still.alive')
  counter.add(1)
  expect(await hostHas('still.alive')).toBe(1)
})
