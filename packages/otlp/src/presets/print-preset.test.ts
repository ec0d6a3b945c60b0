import { Script } from 'node:vm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { azure, cloudwatch, datadog, dynatrace, gcp, grafanaCloud, mimir, newrelic, prometheus } from '../presets.js'
import { toEnvironment, toStartOptions } from './print-preset.js'
import { toCollectorYaml } from './to-collector-yaml.js'

const shell = (name: string): string => `\${${name}}`
const dog = datadog({ site: 'datadoghq.eu', apiKey: 'topsecret' })

test('printed presets contain credentials only if requested', () => {
  const printed = [
    toEnvironment(dog),
    toStartOptions(dog),
    toStartOptions(dog, { format: 'json' }),
    toCollectorYaml(dog),
  ]
  for (const text of printed) {
    expect(text).not.toContain('topsecret')
    expect(text).toContain('DD_API_KEY')
  }
  expect(toEnvironment(dog, { secrets: 'shown' })).toContain('dd-api-key=topsecret')
})

test('a password in an address is a credential', () => {
  const preset = prometheus({ url: 'https://writer:pass%20word@prometheus.example' })
  expect(toEnvironment(preset)).toContain(
    `ENDPOINT=https://writer:${shell('OTLP_PASSWORD')}@prometheus.example/api/v1/otlp`,
  )
  expect(toCollectorYaml(preset)).toContain(
    `"https://writer:${shell('env:OTLP_PASSWORD')}@prometheus.example/api/v1/otlp`,
  )
})

test('the text before a credential is printed, and its composition is explained if necessary', () => {
  expect(toEnvironment(dynatrace({ environment: 'e', apiToken: 't' }))).toContain(
    `HEADERS=authorization=Api-Token%20${shell('DT_API_TOKEN')}\n`,
  )
  expect(toEnvironment(grafanaCloud({ zone: 'z', instanceId: '1', token: 't' }))).toMatch(
    /^# GRAFANA_CLOUD_BASIC: base64 of/,
  )
})

test('limits go with the preset, also through the environment', () => {
  const preset = newrelic({ licenseKey: 'k', intervalMs: 5000, timeoutMs: 3000 })
  expect(toEnvironment(preset).split('\n')).toEqual(
    expect.arrayContaining([
      'QUIPU_OTLP_MAX_POINTS_PER_REQUEST=2000',
      'OTEL_METRIC_EXPORT_INTERVAL=5000',
      'OTEL_EXPORTER_OTLP_METRICS_TIMEOUT=3000',
      'OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram',
    ]),
  )
  expect(toCollectorYaml(preset)).toContain('send_batch_max_size: 2000')
})

test('presets printed as TypeScript and as JSON equal the preset, for any content', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !/[\s\p{Cc}]/u.test(value))
  fc.assert(
    fc.property(text, (tenant) => {
      const preset = mimir({ url: 'http://mimir:9009', tenant })
      expect(new Script(`(${toStartOptions(preset)})`).runInNewContext()).toEqual({ otlp: preset })
      expect(JSON.parse(toStartOptions(preset, { format: 'json' }))).toEqual({ otlp: preset })
    }),
  )
})

test('a preset printed as TypeScript reads its credential from the environment', () => {
  const process = { env: { DD_API_KEY: 'topsecret' } }
  expect(new Script(`(${toStartOptions(dog)})`).runInNewContext({ process })).toEqual({ otlp: dog })
})

test('a Collector authenticates with back ends that accept no credential in a header', () => {
  expect(toCollectorYaml(cloudwatch({ region: 'eu-central-1' }))).toContain('authenticator: sigv4auth')
  expect(toCollectorYaml(azure({ metricsUrl: 'https://dce.example/otlp/v1/metrics' }))).toMatch(
    /delta metrics with exponential histograms[\s\S]*authenticator: azure_auth/,
  )
  expect(toCollectorYaml(gcp({ project: 'shop' }))).toMatch(/gcp\.project_id[\s\S]*authenticator: googleclientauth/)
})

test('a Collector’s configuration has a queue on disk with a spool, and log records if the back end accepts them', () => {
  const plain = toCollectorYaml(datadog({ site: 'datadoghq.eu', apiKey: 'k' }))
  expect(plain).not.toContain('file_storage')
  expect(plain).toContain('logs_endpoint: "https://otlp.datadoghq.eu/v1/logs"')
  const spool = { directory: '/var/lib/otelcol', maxBytes: 1000, maxAgeMs: 60_000 }
  for (const yaml of [
    toCollectorYaml(datadog({ site: 'datadoghq.eu', apiKey: 'k', spool })),
    toCollectorYaml(cloudwatch({ region: 'eu-central-1' }), { spool }),
  ]) {
    expect(yaml).toMatch(/file_storage:\n {4}directory: "\/var\/lib\/otelcol"/)
    expect(yaml).toMatch(/sending_queue:\n {6}storage: file_storage\n {6}sizer: bytes\n {6}queue_size: 1000/)
    expect(yaml).toContain('max_elapsed_time: "60000ms"')
    expect(yaml).toMatch(/extensions: \[(?:sigv4auth, )?file_storage\]/)
  }
  const prometheusYaml = toCollectorYaml(prometheus())
  expect(prometheusYaml).toContain('# No log records: Prometheus accepts metrics only.')
  expect(prometheusYaml).not.toContain('logs')
})
