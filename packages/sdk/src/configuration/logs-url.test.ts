import type { AnyPreset } from '@quipu/otlp'
import { afterEach, expect, test, vi } from 'vitest'
import { errorOf } from '../../fixtures/error-of.js'
import * as presets from '../presets.js'
import { toConfiguration } from './configuration.js'
import type { OtlpOptions } from './start-options.js'

afterEach(() => {
  vi.unstubAllEnvs()
})

const logsOf = (otlp: OtlpOptions | AnyPreset, logs: boolean | 'unsaid' = true): string | undefined =>
  toConfiguration({ otlp, activityLog: { enabled: true, ...(logs !== 'unsaid' && { otlp: logs }) } }).logsEndpoint?.url
    .href

/** Where each back end accepts log records, as in docs/presets.md; undefined if it does not. */
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
  'log records for $backend go to its address for them, or start() reports that it has none',
  (preset, address) => {
    if (address !== undefined) return expect(logsOf(preset)).toBe(address)
    const error = errorOf(() => logsOf(preset))
    expect(error.code).toBe('QUIPU_BACKEND_REFUSES')
    expect(error.fix).toContain('activityLog: { otlp: { url:')
    // Its metrics are unaffected, and log records can have their own back end.
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
])(
  'the address of log records cannot be derived from %s: start() reports it and never sends them to the address of metrics',
  (url) => {
    const error = errorOf(() => logsOf({ url }))
    expect(error.code).toBe('QUIPU_CONFIG_INVALID')
    expect(error.message).not.toContain('token')
    expect(logsOf({ url }, false)).toBeUndefined()
    expect(
      toConfiguration({ otlp: { url }, activityLog: { enabled: true, otlp: { url: 'http://logs/in' } } }).logsEndpoint
        ?.url.href,
    ).toBe('http://logs/in')
    // Log records were not configured.
    expect(logsOf({ url }, 'unsaid')).toBeUndefined()
  },
)

test('with gRPC, log records go to the same address, because it has no path', () => {
  expect(logsOf({ url: 'http://collector:4317/anything', protocol: 'grpc' })).toBe('http://collector:4317/anything')
})

test('if only the environment enables log records, its address for them takes precedence over code’s address of metrics', () => {
  vi.stubEnv('OTEL_LOGS_EXPORTER', 'otlp')
  expect(logsOf({ url: 'http://collector:4318' }, 'unsaid')).toBe('http://collector:4318/v1/logs')
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'http://loki/otlp/v1/logs')
  expect(logsOf(presets.prometheus(), 'unsaid')).toBe('http://loki/otlp/v1/logs')
})
