import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type OtlpReceiver, startOtlpReceiver } from '../../../otlp/fixtures/otlp-receiver.js'
import { samplesOf } from '../../fixtures/page-points.js'
import type { OtlpOptions } from '../configuration/start-options.js'
import { start } from '../start.js'
import type { Quipu } from './quipu.js'

let receiver: OtlpReceiver
let recorder: Recorder
let quipu: Quipu

beforeEach(async () => {
  receiver = await startOtlpReceiver()
  recorder = createRecorder()
})
afterEach(async () => {
  await quipu.shutdown()
  await receiver.close()
})

function startTo(otlp: OtlpOptions = {}, shutdownTimeoutMs = 2000): Quipu {
  quipu = start({ recorder, otlp: { url: receiver.url, ...otlp }, shutdownTimeoutMs, exitHooks: false })
  return quipu
}

async function refusedUrl(): Promise<string> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

/** Measures the duration of work. The bounds in the tests leave a wide margin on both sides. */
async function timed<T>(work: Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now()
  const value = await work
  return { value, ms: performance.now() - startedAt }
}

test('shutdown delivers the last values, including its own user action', async () => {
  startTo()
  recorder.metrics.user_action_total.add(100, { action_type: 'last' })
  const outcome = await quipu.shutdown()
  const points = receiver.requests.flatMap((request) => request.points)
  expect(outcome).toEqual({ delivered: points.length, held: 0, dropped: 0, errors: [] })
  expect(points.find(({ attributes }) => attributes.action_type === 'last')?.value).toBe(100)
  expect(points.find(({ attributes }) => attributes.action_type === 'app_shutdown')?.value).toBe(1)
})

test('shutdown with a collector that refuses connections ends long before its deadline', async () => {
  startTo({ url: await refusedUrl() }, 10_000)
  const { value, ms } = await timed(quipu.shutdown())
  expect(value).toMatchObject({ delivered: 0, held: 0 })
  expect(value.dropped).toBeGreaterThan(0)
  expect(value.errors.map(String).join()).toContain('ECONNREFUSED')
  expect(ms).toBeLessThan(5000)
})

test('shutdown with a collector that never responds ends at its deadline', async () => {
  receiver.reply = () => 'hang'
  startTo({}, 200)
  const { value, ms } = await timed(quipu.shutdown())
  expect(value).toMatchObject({ delivered: 0, held: 0 })
  expect(value.dropped).toBeGreaterThan(0)
  expect(value.errors.map(String)).toContain('Error: not done within 200 ms')
  expect(ms).toBeGreaterThan(150)
  expect(ms).toBeLessThan(4000)
})

test('flush with a collector that never responds ends at its deadline, with the points held', async () => {
  receiver.reply = () => 'hang'
  startTo({}, 200)
  const { value, ms } = await timed(quipu.flush())
  expect(value).toMatchObject({ delivered: 0, dropped: 0 })
  expect(value.held).toBeGreaterThan(0)
  expect(ms).toBeLessThan(4000)
})

test('an export that waits for a retry is sent at once when the process ends', async () => {
  let isAway = true
  const asked = new Promise<void>((resolve) => {
    receiver.reply = () => {
      resolve()
      return isAway ? { status: 503, headers: { 'retry-after': '5' } } : { status: 200 }
    }
  })
  startTo({}, 4000)
  recorder.metrics.user_action_total.add(1, { action_type: 'a' })
  const flushing = quipu.flush()
  await asked
  isAway = false
  const { value, ms } = await timed(quipu.shutdown())
  await flushing
  expect(value).toMatchObject({ held: 0, dropped: 0 })
  expect(value.delivered).toBeGreaterThan(0)
  expect(ms).toBeLessThan(3500)
})

test('undelivered delta points are dropped at the end and counted', async () => {
  receiver.reply = () => ({ status: 503, headers: { 'retry-after': '3600' } })
  startTo({ temporality: 'delta' })
  const { held } = await quipu.flush()
  const outcome = await quipu.shutdown()
  expect(held).toBeGreaterThan(0)
  expect(outcome.dropped).toBeGreaterThan(held)
  const dropped = samplesOf(await quipu.page('custom_metrics')).get(
    'quipu_export_points_total exporter=otlp outcome=dropped',
  )
  expect(dropped).toBe(outcome.dropped)
})

test('a second shutdown returns the same promise, as does flush after shutdown', async () => {
  startTo()
  const first = quipu.shutdown()
  expect(quipu.shutdown()).toBe(first)
  const outcome = await first
  expect(await quipu.flush()).toBe(outcome)
  expect(receiver.requests).toHaveLength(1)
})

test('recording after shutdown has no side effects', async () => {
  startTo()
  await quipu.shutdown()
  expect(() => recorder.trackUserAction('late')).not.toThrow()
  expect(await quipu.page('custom_metrics')).toContain('user_action_total{action_type="late"} 1')
})

test('pages are closed at the end', async () => {
  quipu = start({ recorder, prometheus: { port: 0 }, exitHooks: false })
  const { urls } = await quipu.ready
  await (await fetch(urls.custom)).text()
  await quipu.shutdown()
  await expect(fetch(urls.custom)).rejects.toThrow()
})

test('shutdown while the pages are being opened still closes them', async () => {
  quipu = start({ recorder, prometheus: { port: 0 }, exitHooks: false })
  const outcome = await quipu.shutdown()
  const { urls } = await quipu.ready
  expect(outcome.errors).toEqual([])
  await expect(fetch(urls.custom)).rejects.toThrow()
})

test('listeners of signals are not counted, and are removed at the end', async () => {
  const counts = () => ['SIGTERM', 'SIGINT', 'beforeExit'].map((name) => process.listenerCount(name))
  const methods = () => [process.listenerCount, process.listeners, process.rawListeners]
  const before = { counts: counts(), methods: methods() }
  quipu = start({ recorder, exitHooks: false })
  expect(counts()).toEqual(before.counts)
  await quipu.shutdown()
  quipu = start({ recorder })
  expect(counts()).toEqual([before.counts[0], before.counts[1], before.counts[2]! + 1])
  expect(process.listeners('SIGTERM')).toHaveLength(before.counts[0]!)
  await quipu.shutdown()
  expect({ counts: counts(), methods: methods() }).toEqual(before)
})

test('exports are counted, and the time of the last success is recorded', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  startTo()
  await quipu.flush()
  await quipu.flush()
  vi.useRealTimers()
  const samples = samplesOf(await quipu.page('custom_metrics'))
  expect(samples.get('quipu_exports_total exporter=otlp outcome=success')).toBe(2)
  expect(samples.get('quipu_export_points_total exporter=otlp outcome=delivered')).toBe(
    receiver.requests.flatMap(({ points }) => points).length,
  )
  const last = samples.get('quipu_last_export_timestamp_seconds exporter=otlp') ?? 0
  expect(Math.abs(last - Date.now() / 1000)).toBeLessThan(60)
})

test('OTEL_METRICS_EXPORTER=console prints the points, and counts them like any export', async () => {
  vi.stubEnv('OTEL_METRICS_EXPORTER', 'console')
  const dir = vi.spyOn(console, 'dir').mockImplementation(() => undefined)
  quipu = start({ recorder, exitHooks: false })
  recorder.trackUserAction('printed')
  const outcome = await quipu.flush()
  vi.unstubAllEnvs()
  expect(JSON.stringify(dir.mock.calls)).toContain('printed')
  expect(outcome.delivered).toBeGreaterThan(0)
  const samples = samplesOf(await quipu.page('custom_metrics'))
  expect(samples.get('quipu_exports_total exporter=console outcome=success')).toBe(1)
  await quipu.shutdown()
  dir.mockRestore()
})

const sumOf = (name: string, temporality: number) =>
  receiver.requests
    .flatMap(({ points }) => points)
    .filter((point) => point.name === name && point.temporality === temporality)
    .filter(({ attributes }) => attributes.action_type === undefined || attributes.action_type === 'twice')
    .reduce((sum, { value = 0 }) => sum + value, 0)

test('after shutdown and a new start, deltas continue where they ended', async () => {
  for (const amount of [5, 20, 100]) {
    recorder.metrics.user_action_total.add(amount, { action_type: 'twice' })
    startTo({ temporality: 'delta' })
    await quipu.flush()
    recorder.metrics.user_action_total.add(amount, { action_type: 'twice' })
    await quipu.shutdown()
  }
  expect(sumOf('user_action_total', 1)).toBe(250)
  const { user, system } = process.cpuUsage()
  expect(sumOf('process.cpu.time', 1)).toBeLessThanOrEqual((user + system) / 1e6)
})

test('after shutdown and a new start, the instance is the same, and cumulative series keep their start', async () => {
  for (const amount of [5, 20]) {
    recorder.metrics.user_action_total.add(amount, { action_type: 'twice' })
    startTo({ temporality: 'cumulative' })
    await quipu.shutdown()
  }
  const points = receiver.requests
    .flatMap((request) => request.points)
    .filter(({ attributes }) => attributes.action_type === 'twice')
  expect(points.map(({ value }) => value)).toEqual([5, 25])
  // The wall clock can be adjusted by a millisecond between the two.
  const [first = 0n, second = 0n] = points.map(({ startNano }) => startNano)
  expect(Number(second - first) / 1e6).toBeCloseTo(0, -1)
  expect(new Set(receiver.requests.map(({ resource }) => resource['service.instance.id'])).size).toBe(1)
})
