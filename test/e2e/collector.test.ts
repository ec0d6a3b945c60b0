import { readFileSync } from 'node:fs'
import { builtinCatalog, type MetricSpec } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type Collector,
  describeWithServer,
  freePort,
  type Prometheus,
  startCollector,
  startPrometheus,
  validateCollectorConfig,
} from '../servers/index.js'
import { otlpCounter, postOtlp } from '../servers/otlp-body.js'
import { startPusher } from './otlp-pusher.js'
import { toTable, waitForTable } from './queried-samples.js'
import { lifecycle, recordEverything, toSamples } from './recorded-metrics.js'

const CONFIG = 'otel-collector.yaml'

/** The parts of a Collector's configuration that these tests read. */
interface CollectorConfig {
  readonly processors: Readonly<Record<string, { readonly allowed_keys?: readonly string[] }>>
}

const allowedKeys = (processor: string): readonly string[] => {
  const config: CollectorConfig = parse(readFileSync(CONFIG, 'utf8'))
  return config.processors[processor]?.allowed_keys ?? []
}

describe('the allow-lists of otel-collector.yaml', () => {
  // The only entries of the list of metrics besides the catalogue's labels; any other would be a possible leak.
  const others = ['category', 'content_type', 'event.name']
  const resource = [
    ...['deployment.environment.name', 'host.name', 'k8s.namespace.name', 'k8s.node.name', 'k8s.pod.name'],
    ...['service.instance.id', 'service.name', 'service.namespace', 'service.version'],
  ]
  const sdk = [
    ...['process.runtime.name', 'process.runtime.version'],
    ...['telemetry.sdk.language', 'telemetry.sdk.name', 'telemetry.sdk.version'],
  ]

  it('name every label that the catalogue sends over OTLP, and only the other attributes listed here', () => {
    const labels = Object.values<MetricSpec>(builtinCatalog.metrics).flatMap(({ exportTo, labels = {} }) =>
      exportTo === undefined || exportTo.includes('otlp') ? Object.keys(labels) : [],
    )
    const expected = new Set([...labels, ...others, ...resource, ...sdk])
    expect([...allowedKeys('redaction/metrics')].sort()).toEqual([...expected].sort())
  })

  it('name every field of the activity events, the user and the resource, and nothing else', () => {
    const fields = Object.values(builtinCatalog.events).flatMap((event) => Object.keys(event.fields))
    const expected = new Set([...fields, ...resource, 'event.name', 'user.name'])
    expect([...allowedKeys('redaction/events')].sort()).toEqual([...expected].sort())
  })
})

describeWithServer('collector', 'otelcol validate', () => {
  it.each([
    ['as it is', {}],
    ['with OTLP out', { OTLP_OUT: 'otlp_http', OTLP_OUT_ENDPOINT: 'https://otlp.example.com' }],
    ['in a container', { COLLECTOR_HOST: '0.0.0.0', COLLECTOR_MEMORY_MIB: '200', ACTIVITY_PAGE: '0.0.0.0:8890' }],
  ])('accepts otel-collector.yaml %s', async (_, env) => {
    expect(await validateCollectorConfig(CONFIG, env)).toMatchObject({ code: 0, stderr: '' })
  })

  it('refuses an unknown exporter', async () => {
    expect(await validateCollectorConfig(CONFIG, { OTLP_OUT: 'otlp_htp' })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('otlp_htp'),
    })
  })
})

describeWithServer(['collector', 'prometheus'], 'SDK → otel-collector.yaml → Prometheus', () => {
  let collector: Collector
  let prometheus: Prometheus
  const metricsUrl = () => `${collector.endpoints.otlpHttp}/v1/metrics`

  beforeAll(async () => {
    collector = await startCollector({
      configFile: CONFIG,
      env: { ACTIVITY_LOG: '/nowhere/activity.log', ACTIVITY_PAGE: `127.0.0.1:${await freePort()}` },
    })
    prometheus = await startPrometheus({
      scrapes: [{ jobName: 'collector', url: collector.endpoints.prometheus, settings: { honor_labels: true } }],
    })
  })
  afterAll(async () => {
    await prometheus?.stop()
    await collector?.stop()
  })

  it('has every documented metric on its page, with the documented names and labels', async () => {
    const { recorder, series } = recordEverything()
    const pusher = startPusher(recorder, metricsUrl())
    await pusher.push()
    await pusher.stop()
    const expected = toTable(toSamples([...series, lifecycle.start, lifecycle.end], 'collector'))
    expect(expected).toHaveProperty(['aki_active_user_total{version_id="first_name"}'])
    expect(await waitForTable(prometheus, '{job="securetrack",instance="one"}', expected)).toEqual([])
  })

  it('loses nothing when the Collector is killed: what was recorded meanwhile arrives with the next export', async () => {
    const recorder = createRecorder()
    const pusher = startPusher(recorder, metricsUrl(), { instance: 'two' })
    const selector = 'llm_requests_total{instance="two"}'
    const hasValue = async (value: number) => {
      const [result] = await prometheus.waitForQuery(selector, ([first]) => first?.value === value)
      return result?.value
    }
    const record = (count: number) =>
      recorder.metrics.llm_requests_total.add(count, { model: 'gpt-4', endpoint: 'chat' })

    record(3)
    await pusher.push()
    expect(await hasValue(3)).toBe(3)

    await collector.kill()
    record(4)
    await collector.restart()
    record(5)
    await pusher.push()
    await pusher.stop()
    expect(await hasValue(12)).toBe(12)
    // The series continued: Prometheus saw no reset.
    expect((await prometheus.query(`resets(${selector}[5m])`))[0]?.value).toBe(0)
  })

  it('adds up an application’s deltas', async () => {
    const recorder = createRecorder()
    const pusher = startPusher(recorder, metricsUrl(), { instance: 'delta', temporality: 'delta' })
    const call = { model: 'gpt-4', endpoint: 'chat' }
    for (const seconds of [0.25, 4]) {
      recorder.metrics.llm_requests_total.add(2, call)
      recorder.metrics.llm_request_duration_seconds.record(seconds, call)
      await pusher.push()
    }
    await pusher.stop()
    const expected = [
      ['llm_requests_total', {}, 4],
      ['llm_request_duration_seconds_count', {}, 2],
      ['llm_request_duration_seconds_sum', {}, 4.25],
      ...[0.1, 0.5, 1, 2, 5, 10, 30, 60, 120].map(
        (le) => ['llm_request_duration_seconds_bucket', { le: String(le) }, le < 0.25 ? 0 : le < 4 ? 1 : 2] as const,
      ),
      ['llm_request_duration_seconds_bucket', { le: '+Inf' }, 2],
    ] as const
    const table = toTable(expected.map(([name, labels, value]) => ({ name, labels: { ...call, ...labels }, value })))
    expect(await waitForTable(prometheus, '{instance="delta",model="gpt-4"}', table)).toEqual([])
  })

  it('removes all attributes that are not on its list, and masks addresses and keys in the others', async () => {
    // Another library, not Quipu, whose labels are clean before they arrive here.
    const body = otlpCounter('careless.calls', 1, {
      model: 'someone@example.com',
      endpoint: 'sk-abcdefghijklmnop1234',
      method: 'GET',
      prompt: 'planted-prompt',
    })
    expect(await postOtlp(metricsUrl(), body)).toBe(200)
    const pusher = startPusher(createRecorder(), metricsUrl(), {
      instance: 'three',
      resource: { 'process.owner': 'planted-owner', 'process.command_args': 'planted-argument' },
    })
    await pusher.push()
    await pusher.stop()
    await prometheus.waitForQuery('user_logins_total{instance="three"}')
    const [careless] = await prometheus.waitForQuery('careless_calls_total')
    expect(careless?.labels).toMatchObject({ model: '****', endpoint: '****', method: 'GET' })
    const page = await (await fetch(collector.endpoints.prometheus)).text()
    expect(page).not.toMatch(/planted|abcdefgh|someone/)
  })
})
