import { createRecorder } from '@quipu/core'
import { start } from '@quipu/sdk'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { type Collector, describeWithServer, startCollector } from '../servers/index.js'

describeWithServer('collector', 'OTLP by gRPC into a Collector', () => {
  let collector: Collector
  beforeAll(async () => {
    collector = await startCollector({
      config: {
        receivers: { otlp: { protocols: { grpc: {}, http: {} } } },
        exporters: { prometheus: {} },
        service: { pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } } },
      },
    })
  })
  afterAll(() => collector?.stop())

  it.each(['none', 'gzip'] as const)('every point arrives, compressed by %s', async (compression) => {
    const recorder = createRecorder()
    const quipu = start({
      recorder,
      otlp: { url: collector.endpoints.otlpGrpc, protocol: 'grpc', compression },
      resource: { 'service.instance.id': compression },
      standardMetrics: false,
      exitHooks: false,
    })
    onTestFinished(async () => void (await quipu.shutdown()))
    recorder.metrics.user_action_total.add(3, { action_type: compression })
    const outcome = await quipu.flush()
    expect(outcome).toMatchObject({ held: 0, dropped: 0, errors: [] })
    expect(outcome.delivered).toBeGreaterThan(0)
    expect(await arrivedOf(compression)).toBe(3)
    recorder.metrics.user_action_total.add(4, { action_type: compression })
    await quipu.shutdown()
    expect(await arrivedOf(compression)).toBe(7)
  })

  it('data held during an outage arrives when the Collector is back', async () => {
    const recorder = createRecorder()
    const quipu = start({
      recorder,
      otlp: { url: collector.endpoints.otlpGrpc, protocol: 'grpc', timeoutMs: 500 },
      resource: { 'service.instance.id': 'outage' },
      standardMetrics: false,
      exitHooks: false,
      shutdownTimeoutMs: 5000,
    })
    onTestFinished(async () => void (await quipu.shutdown()))
    recorder.metrics.user_action_total.add(1, { action_type: 'outage' })
    await collector.kill()
    const away = await quipu.flush()
    expect(away).toMatchObject({ delivered: 0, dropped: 0 })
    expect(away.held).toBeGreaterThan(0)
    await collector.restart()
    recorder.metrics.user_action_total.add(1, { action_type: 'outage' })
    await expect.poll(async () => (await quipu.flush()).held, { timeout: 15_000, interval: 200 }).toBe(0)
    expect(await arrivedOf('outage')).toBe(2)
    await quipu.shutdown()
  })

  it('a shutdown without a Collector ends in time', async () => {
    const quipu = start({
      recorder: createRecorder(),
      otlp: { url: 'http://127.0.0.1:1', protocol: 'grpc' },
      standardMetrics: false,
      exitHooks: false,
    })
    const startedAt = performance.now()
    const outcome = await quipu.shutdown()
    expect(performance.now() - startedAt).toBeLessThan(2500)
    expect(outcome).toMatchObject({ delivered: 0, held: 0 })
    expect(outcome.dropped).toBeGreaterThan(0)
  })

  async function arrivedOf(actionType: string): Promise<number | undefined> {
    const page = await (await fetch(collector.endpoints.prometheus)).text()
    const line = page
      .split('\n')
      .find((each) => each.startsWith('user_action_total{') && each.includes(`action_type="${actionType}"`))
    return line === undefined ? undefined : Number(line.split(' ').at(-1))
  }
})
