import { QuipuError } from '@quipu/catalog/builtin'
import type { AnyPreset } from '@quipu/otlp'
import { afterEach, expect, test, vi } from 'vitest'
import * as presets from '../presets.js'
import { toConfiguration } from './configuration.js'
import type { OtlpOptions } from './start-options.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

const logsOf = (otlp: OtlpOptions | AnyPreset, logs: boolean | 'unsaid' = true): string | undefined =>
  toConfiguration({ otlp, activityLog: { enabled: true, ...(logs !== 'unsaid' && { otlp: logs }) } }).logsEndpoint?.url
    .href

function errorOf(work: () => unknown): QuipuError {
  try {
    work()
  } catch (error) {
    if (QuipuError.isInstance(error)) return error
  }
  throw new Error('it was taken')
}

/** Where each back end takes log records, as docs/presets.md has it; undefined: it takes none. */
const addresses: readonly (readonly [AnyPreset, string | undefined])[] = [
  [presets.collector(), 'http://localhost:4318/v1/logs'],
  [presets.datadog({ site: 'datadoghq.eu', apiKey: 'k' }), 'https://otlp.datadoghq.eu/v1/logs'],
  [presets.datadogAgent(), 'http://localhost:4318/v1/logs'],
  [presets.newrelic({ region: 'eu', licenseKey: 'k' }), 'https://otlp.eu01.nr-data.net/v1/logs'],
  [
    presets.dynatrace({ environment: 'abc123', apiToken: 't' }),
    'https://abc123.live.dynatrace.com/api/v2/otlp/v1/logs',
  ],
  [presets.honeycomb({ apiKey: 'k', dataset: 'shop' }), 'https://api.honeycomb.io/v1/logs'],
  [
    presets.grafanaCloud({ zone: 'eu-west-2', instanceId: '12', token: 't' }),
    'https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/logs',
  ],
  [
    presets.elastic({ url: 'https://shop.ingest.elastic.example', apiKey: 'k' }),
    'https://shop.ingest.elastic.example/v1/logs',
  ],
  [presets.signoz({ region: 'eu', ingestionKey: 'k' }), 'https://ingest.eu.signoz.cloud/v1/logs'],
  [presets.splunk({ realm: 'eu0', accessToken: 't' }), undefined],
  [presets.prometheus(), undefined],
  [presets.mimir({ url: 'http://mimir:9009' }), undefined],
  [presets.victoriaMetrics(), undefined],
]

test.each(addresses)(
  'log records for $backend go where it takes them, or the start says that it takes none',
  (preset, address) => {
    if (address !== undefined) return expect(logsOf(preset)).toBe(address)
    const error = errorOf(() => logsOf(preset))
    expect(error.code).toBe('QUIPU_BACKEND_REFUSES')
    expect(error.fix).toContain('activityLog: { otlp: { url:')
    // Its metrics are as they were, and log records have a back end of their own.
    expect(logsOf(preset, false)).toBeUndefined()
  },
)

test.each([
  ['http://collector:4318', 'http://collector:4318/v1/logs'],
  ['http://collector:4318/v1/metrics', 'http://collector:4318/v1/logs'],
  ['http://gateway/otlp/v1/metrics/', 'http://gateway/otlp/v1/logs'],
  ['http://gateway/v1/metrics?tenant=a', 'http://gateway/v1/logs?tenant=a'],
])('of %s the log records go to %s', (url, logs) => {
  expect(logsOf({ url })).toBe(logs)
})

test.each([
  'http://ingest/v2/datapoint/otlp',
  'http://gateway/otlp',
  'http://gateway/v1/metrics/tenant',
  'http://x/V1/METRICS',
])('of %s nobody can tell where log records go: the start says so, and never sends them to the metrics', (url) => {
  const error = errorOf(() => logsOf({ url }))
  expect(error.code).toBe('QUIPU_CONFIG_INVALID')
  expect(error.message).not.toContain('token')
  expect(logsOf({ url }, false)).toBeUndefined()
  expect(
    toConfiguration({ otlp: { url }, activityLog: { enabled: true, otlp: { url: 'http://logs/in' } } }).logsEndpoint
      ?.url.href,
  ).toBe('http://logs/in')
  // Nobody asked for log records.
  expect(logsOf({ url }, 'unsaid')).toBeUndefined()
})

test('by gRPC there is no path: log records go to the same address', () => {
  expect(logsOf({ url: 'http://collector:4317/anything', protocol: 'grpc' })).toBe('http://collector:4317/anything')
})

test('when only the environment wants log records, its own address for them wins over what code says of metrics', () => {
  vi.stubEnv('OTEL_LOGS_EXPORTER', 'otlp')
  expect(logsOf({ url: 'http://collector:4318' }, 'unsaid')).toBe('http://collector:4318/v1/logs')
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'http://loki/otlp/v1/logs')
  expect(logsOf(presets.prometheus(), 'unsaid')).toBe('http://loki/otlp/v1/logs')
})
