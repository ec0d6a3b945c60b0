import { inspect } from 'node:util'
import { QuipuError } from '@quipu/catalog/builtin'
import { createRecorder } from '@quipu/core'
import { type BackendName, backendRules } from '@quipu/otlp'
import { expect, test } from 'vitest'
import { startOtlpReceiver } from '../../otlp/fixtures/otlp-receiver.js'
import { checkOptions, toConfiguration } from './configuration/configuration.js'
import * as presets from './presets.js'
import { start } from './start.js'

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    if (QuipuError.isInstance(error)) return error.code
    throw error
  }
  return undefined
}

const all: readonly [backend: BackendName, preset: () => presets.Preset<BackendName>, url: string, headers: object][] =
  [
    ['collector', () => presets.collector(), 'http://localhost:4318/v1/metrics', {}],
    [
      'datadog',
      () => presets.datadog({ site: 'datadoghq.eu', apiKey: 'k' }),
      'https://otlp.datadoghq.eu/v1/metrics',
      { 'dd-api-key': 'k' },
    ],
    ['datadogAgent', () => presets.datadogAgent(), 'http://localhost:4318/v1/metrics', {}],
    [
      'newrelic',
      () => presets.newrelic({ region: 'eu', licenseKey: 'k' }),
      'https://otlp.eu01.nr-data.net/v1/metrics',
      { 'api-key': 'k' },
    ],
    [
      'dynatrace',
      () => presets.dynatrace({ environment: 'abc123', apiToken: 't' }),
      'https://abc123.live.dynatrace.com/api/v2/otlp/v1/metrics',
      { authorization: 'Api-Token t' },
    ],
    [
      'honeycomb',
      () => presets.honeycomb({ apiKey: 'k', dataset: 'd' }),
      'https://api.honeycomb.io/v1/metrics',
      { 'x-honeycomb-team': 'k', 'x-honeycomb-dataset': 'd' },
    ],
    [
      'grafanaCloud',
      () => presets.grafanaCloud({ zone: 'eu-west-2', instanceId: '12', token: 't' }),
      'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/metrics',
      { authorization: 'Basic MTI6dA==' },
    ],
    [
      'splunk',
      () => presets.splunk({ realm: 'eu0', accessToken: 't' }),
      'https://ingest.eu0.observability.splunkcloud.com/v2/datapoint/otlp',
      { 'x-sf-token': 't' },
    ],
    [
      'elastic',
      () => presets.elastic({ url: 'https://x.elastic.cloud:443', apiKey: 'k' }),
      'https://x.elastic.cloud/v1/metrics',
      { authorization: 'ApiKey k' },
    ],
    ['prometheus', () => presets.prometheus(), 'http://localhost:9090/api/v1/otlp/v1/metrics', {}],
    [
      'mimir',
      () => presets.mimir({ url: 'http://m/', tenant: 't' }),
      'http://m/otlp/v1/metrics',
      { 'x-scope-orgid': 't' },
    ],
    ['victoriaMetrics', () => presets.victoriaMetrics(), 'http://localhost:8428/opentelemetry/v1/metrics', {}],
    [
      'signoz',
      () => presets.signoz({ region: 'eu', ingestionKey: 'k' }),
      'https://ingest.eu.signoz.cloud/v1/metrics',
      { 'signoz-ingestion-key': 'k' },
    ],
  ]

test('every back end of the table has a preset', () => {
  expect(all.map(([backend]) => backend).sort()).toEqual(Object.keys(backendRules).sort())
})

test.each(all)('%s: its address, its headers and its metric forms', (backend, preset, url, headers) => {
  const otlp = preset()
  expect(() => checkOptions({ otlp })).not.toThrow()
  const configured = toConfiguration({ otlp: otlp as presets.Preset<'collector'> }).otlp
  expect(configured?.url.href).toBe(url)
  expect(configured?.headers).toMatchObject(headers)
  const rule = backendRules[backend]
  expect(configured).toMatchObject({
    temporality: rule.temporality[0],
    protocol: rule.protocol[0],
    histograms: rule.histograms[0],
  })
})

test('a form that a back end refuses does not compile and is refused by start()', () => {
  // @ts-expect-error Datadog accepts delta only
  expect(codeOf(() => presets.datadog({ site: 'datadoghq.eu', apiKey: 'k', temporality: 'cumulative' }))).toBe(
    'QUIPU_BACKEND_REFUSES',
  )
  // @ts-expect-error Dynatrace answers 415 to JSON
  expect(codeOf(() => presets.dynatrace({ environment: 'e', apiToken: 't', protocol: 'http/json' }))).toBe(
    'QUIPU_BACKEND_REFUSES',
  )
  // @ts-expect-error Prometheus accepts cumulative metrics
  expect(codeOf(() => presets.prometheus({ temporality: 'delta' }))).toBe('QUIPU_BACKEND_REFUSES')
  expect(presets.newrelic({ licenseKey: 'k', temporality: 'cumulative' }).temporality).toBe('cumulative')
})

test('a preset that is changed afterwards is checked as well', () => {
  const preset = presets.datadog({ site: 'datadoghq.eu', apiKey: 'k' })
  // @ts-expect-error Datadog accepts delta only
  expect(codeOf(() => start({ otlp: { ...preset, temporality: 'cumulative' } }))).toBe('QUIPU_BACKEND_REFUSES')
})

test.each([
  ['langfuse', presets.langfuse],
  ['phoenix', presets.phoenix],
])('%s accepts no metrics and reports it', (_, preset) => {
  const call: (options: object) => unknown = preset as never
  expect(codeOf(() => call({ apiKey: 'secret' }))).toBe('QUIPU_BACKEND_REFUSES')
})

test('a back end that only a Collector can authenticate with is refused by start() and accepted for a Collector', () => {
  const behind = [
    presets.cloudwatch({ region: 'eu-central-1' }),
    presets.azure({ metricsUrl: 'https://dce.metrics.ingest.monitor.azure.com/otlp/v1/metrics' }),
    presets.gcp({ project: 'shop' }),
  ] as const
  for (const preset of behind) {
    expect(
      codeOf(() => checkOptions({ otlp: preset })),
      preset.backend,
    ).toBe('QUIPU_BACKEND_REFUSES')
    const otlp = presets.toCollector(preset)
    expect(() => checkOptions({ otlp })).not.toThrow()
    expect(otlp).toMatchObject({ url: 'http://localhost:4318/v1/metrics', temporality: preset.temporality })
  }
  expect(presets.toCollector(behind[1])).toMatchObject({ temporality: 'delta', histograms: 'exponential' })
})

test('a missing or malformed key is refused without being shown', () => {
  const withKey = (apiKey: string) => () => presets.datadog({ site: 'datadoghq.eu', apiKey })
  expect(codeOf(withKey(''))).toBe('QUIPU_CONFIG_INVALID')
  expect(codeOf(withKey('abc\nx-evil: 1'))).toBe('QUIPU_CONFIG_INVALID')
  expect(withKey('topsecret with spaces')).toThrow(expect.not.stringContaining('topsecret'))
})

test('a preset’s points arrive in the form of its back end', async () => {
  const receiver = await startOtlpReceiver()
  const recorder = createRecorder()
  const otlp = { ...presets.datadog({ site: 'datadoghq.eu', apiKey: 'k' }), url: `${receiver.url}/v1/metrics` }
  const quipu = start({ recorder, otlp, exitHooks: false })
  recorder.metrics.user_action_total.add(2, { action_type: 'a' })
  await quipu.shutdown()
  const [request] = receiver.requests
  expect(request!.headers).toMatchObject({
    'dd-api-key': 'k',
    'content-encoding': 'gzip',
    'content-type': 'application/x-protobuf',
  })
  expect(request!.points.find(({ name }) => name === 'user_action_total')).toMatchObject({ value: 2, temporality: 1 })
  const monotonic = request!.points.filter(({ isMonotonic, kind }) => isMonotonic === true || kind === 'histogram')
  expect(monotonic.filter(({ temporality }) => temporality !== 1)).toEqual([])
  await receiver.close()
})

test('a preset in a log shows no credential', () => {
  const preset = presets.datadog({ site: 'datadoghq.eu', apiKey: 'planted-key' })
  expect(inspect(preset)).not.toContain('planted-key')
  expect(inspect({ ...preset, intervalMs: 1000 })).toContain("'dd-api-key': '***'")
  expect(preset.headers['dd-api-key']).toBe('planted-key')
  const url = 'https://writer:planted-key@collector.example/v1/metrics'
  const own = presets.collector({ url })
  expect(inspect(own)).toContain("url: 'https://***@collector.example/v1/metrics'")
  expect(inspect({ otlp: own })).not.toContain('planted-key')
  expect(own.url).toBe(url)
})
