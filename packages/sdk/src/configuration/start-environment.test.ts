import { afterEach, expect, test, vi } from 'vitest'
import { errorOf } from '../../fixtures/error-of.js'
import { toConfiguration } from './configuration.js'
import type { StartOptions } from './start-options.js'

type Options = StartOptions<Record<never, never>, Record<never, never>>

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

function withEnvironment(variables: Record<string, string>, options: Options = {}) {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  return toConfiguration(options)
}

test.each<[name: string, value: string, options?: Options]>([
  ['OTEL_SDK_DISABLED', 'yes'],
  ['OTEL_METRICS_EXPORTER', 'otlp,statsd'],
  ['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'zqhost'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'zqhost:4318'],
  ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grcp', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_METRICS_PROTOCOL', 'http/xml', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_COMPRESSION', 'brotli', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_TIMEOUT', 'soon', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'sometimes', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION', 'none', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/no/such.pem', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key', { otlp: true }],
  ['OTEL_EXPORTER_OTLP_METRICS_HEADERS', 'api-key=%zz', { otlp: true }],
  ['OTEL_METRICS_EXEMPLAR_FILTER', 'sometimes'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '-5'],
  ['OTEL_METRIC_EXPORT_TIMEOUT', '1.5'],
  ['OTEL_EXPORTER_PROMETHEUS_PORT', '99999', { prometheus: true }],
  ['OTEL_RESOURCE_ATTRIBUTES', 'a=b,team=%zz'],
  ['QUIPU_SHUTDOWN_TIMEOUT_MS', 'soon'],
  ['QUIPU_PROCESSES', 'threads'],
])('%s=%s is reported once on stderr without its value, and ignored', (name, value, options) => {
  const expected = toConfiguration(options ?? {})
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(withEnvironment({ [name]: value }, options)).toEqual(expected)
  expect(withEnvironment({ [name]: value }, options)).toEqual(expected)
  const lines = write.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(name))
  expect(lines).toHaveLength(1)
  expect(lines.join('')).not.toContain(value)
})

test.each([
  ['QUIPU_PROMETHEUS_TOKEN', 'two words'],
  ['QUIPU_ACTIVITY_LOG_USERS', 'hmacc'],
])('%s protects something: an invalid value is an error', (name, value) => {
  const error = errorOf(() => withEnvironment({ [name]: value }, { prometheus: true }))
  expect(error.what).toContain(name)
  expect(error.message).not.toContain(value)
})

test.each([
  ['collector:4317', 'https://collector:4317/'],
  ['http://collector:4317', 'http://collector:4317/'],
  ['https://collector:4317', 'https://collector:4317/'],
  ['dns:///collector:4317', 'https://collector:4317/'],
  ['[::1]:4317', 'https://[::1]:4317/'],
])('gRPC accepts the endpoint %s', (endpoint, url) => {
  const variables = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  expect(withEnvironment(variables).otlp?.url.href).toBe(url)
  const insecure = withEnvironment({ ...variables, OTEL_EXPORTER_OTLP_INSECURE: 'true' }).otlp?.url.protocol
  expect(insecure).toBe(endpoint.startsWith('https') ? 'https:' : 'http:')
})

test('keys and values of resource attributes are percent-decoded', () => {
  expect(withEnvironment({ OTEL_RESOURCE_ATTRIBUTES: 'team%20a=b%2Cc, x = y' }).resource).toMatchObject({
    'team a': 'b,c',
    x: 'y',
  })
})

test.each([
  [undefined, true],
  ['prometheus', true],
  ['otlp,prometheus', true],
  ['otlp', false],
  ['none', false],
  ['prometheus,none', false],
])('under register, OTEL_METRICS_EXPORTER=%s serves pages: %s', (exporters, isServed) => {
  vi.stubEnv('OTEL_METRICS_EXPORTER', exporters)
  expect(toConfiguration({}, { servesByDefault: true }).pages.listen !== undefined).toBe(isServed)
})

test('by default nothing is pushed and no server listens', () => {
  expect(toConfiguration({})).toMatchObject({ otlp: undefined, console: false, pages: { listen: undefined } })
})

test.each<[what: string, variables: Record<string, string>, options: Options, pushes: string | undefined]>([
  [
    'OTEL_METRICS_EXPORTER=otlp enables OTLP',
    { OTEL_METRICS_EXPORTER: 'otlp' },
    {},
    'http://localhost:4318/v1/metrics',
  ],
  ['an endpoint enables OTLP', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, {}, 'http://c:4318/v1/metrics'],
  [
    'an endpoint may have a base path',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/otlp/' },
    {},
    'http://c/otlp/v1/metrics',
  ],
  [
    'the metrics’ own endpoint is used unchanged',
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://c/x', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://d' },
    {},
    'http://c/x',
  ],
  ['none disables OTLP', { OTEL_METRICS_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' }, {}, undefined],
  [
    'another exporter is not OTLP',
    { OTEL_METRICS_EXPORTER: 'console', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c' },
    {},
    undefined,
  ],
  ['an empty variable is unset', { OTEL_METRICS_EXPORTER: ' ', OTEL_EXPORTER_OTLP_ENDPOINT: '' }, {}, undefined],
  [
    'code takes precedence over none',
    { OTEL_METRICS_EXPORTER: 'none' },
    { otlp: { url: 'http://x:1' } },
    'http://x:1/v1/metrics',
  ],
  ['code that disables OTLP takes precedence', { OTEL_METRICS_EXPORTER: 'otlp' }, { otlp: false }, undefined],
  [
    'code that enables OTLP uses the endpoint',
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
    { otlp: true },
    'http://c:4318/v1/metrics',
  ],
])('%s', (_, variables, options, pushes) => {
  expect(withEnvironment(variables, options).otlp?.url.href).toBe(pushes)
})

test('headers of all signals and of the metrics are merged and percent-decoded', () => {
  const { otlp } = withEnvironment({
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_HEADERS: 'a=1,b=2',
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'b=Basic%20x%3D,c=3',
  })
  expect(otlp?.headers).toEqual({ a: '1', b: 'Basic x=', c: '3' })
})

test('a back end in code does not get the key that the environment has for another one', () => {
  const { otlp } = withEnvironment({ OTEL_EXPORTER_OTLP_HEADERS: 'api-key=secret' }, { otlp: { url: 'http://other' } })
  expect(otlp?.headers).toEqual({})
})

test('the environment fills in what code leaves out', () => {
  const variables = {
    OTEL_EXPORTER_OTLP_PROTOCOL: 'HTTP/JSON',
    OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'DELTA',
    OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: 'gzip',
    OTEL_METRIC_EXPORT_INTERVAL: '15000',
  }
  expect(withEnvironment(variables, { otlp: true })).toMatchObject({
    intervalMs: 15_000,
    exportTimeoutMs: 15_000,
    otlp: {
      protocol: 'http/json',
      temporality: 'delta',
      histograms: 'exponential',
      timeoutMs: 5000,
      compression: 'gzip',
    },
  })
  expect(withEnvironment(variables, { otlp: { temporality: 'cumulative', intervalMs: 60_000 } })).toMatchObject({
    intervalMs: 60_000,
    otlp: { temporality: 'cumulative' },
  })
})

test('the service name comes from code, OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES, in this order', () => {
  const name = (variables: Record<string, string>, options: Options = {}) => {
    vi.unstubAllEnvs()
    return withEnvironment(variables, options).resource['service.name']
  }
  const attributes = { OTEL_RESOURCE_ATTRIBUTES: 'service.name=c,team=a%2Cb' }
  expect(name({ ...attributes, OTEL_SERVICE_NAME: 'b' }, { serviceName: 'a' })).toBe('a')
  expect(name({ ...attributes, OTEL_SERVICE_NAME: 'b' })).toBe('b')
  expect(name(attributes)).toBe('c')
  expect(name({})).toBe('unknown_service:node')
  expect(withEnvironment(attributes).resource.team).toBe('a,b')
})

test('OTEL_METRICS_EXPORTER=prometheus listens on the address of OTEL_EXPORTER_PROMETHEUS_*, by default on loopback', () => {
  expect(withEnvironment({ OTEL_METRICS_EXPORTER: 'prometheus' }).pages.listen).toMatchObject({
    host: '127.0.0.1',
    port: 9464,
  })
  const variables = { OTEL_EXPORTER_PROMETHEUS_PORT: '9999', OTEL_EXPORTER_PROMETHEUS_HOST: 'localhost' }
  expect(withEnvironment(variables).pages.listen).toMatchObject({ host: 'localhost', port: 9999 })
  expect(withEnvironment(variables, { prometheus: { port: 0 } }).pages.listen).toMatchObject({ port: 0 })
  expect(withEnvironment(variables, { prometheus: false }).pages.listen).toBeUndefined()
})

test('an address that other hosts reach is refused at once without a token or allowPublic', () => {
  const everywhere = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_HOST: '0.0.0.0' }
  expect(errorOf(() => withEnvironment(everywhere)).code).toBe('QUIPU_BIND_REFUSED')
  expect(withEnvironment({ QUIPU_PROMETHEUS_TOKEN: 'secret' }).pages).toMatchObject({ auth: { bearer: 'secret' } })
  vi.stubEnv('QUIPU_PROMETHEUS_TOKEN', '')
  expect(withEnvironment({ QUIPU_PROMETHEUS_ALLOW_PUBLIC: 'true' }).pages.listen).toMatchObject({ host: '0.0.0.0' })
})

test('log records go to the metrics’ back end, to the logs’ own variables, or nowhere', () => {
  const logs = (options: Options) => toConfiguration(options).logsEndpoint?.url.href
  const on = { enabled: true }
  expect(logs({ otlp: { url: 'http://x:4318' }, activityLog: on })).toBeUndefined()
  expect(logs({ otlp: { url: 'http://x:4318' }, activityLog: { ...on, otlp: true } })).toBe('http://x:4318/v1/logs')
  expect(logs({ otlp: { url: 'http://x/otlp/v1/metrics' }, activityLog: { ...on, otlp: true } })).toBe(
    'http://x/otlp/v1/logs',
  )
  expect(logs({ activityLog: { ...on, otlp: { url: 'http://y/logs' } } })).toBe('http://y/logs')
  expect(logs({ otlp: { url: 'http://x' }, activityLog: { otlp: true } })).toBeUndefined()
  vi.stubEnv('OTEL_LOGS_EXPORTER', 'otlp')
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT', 'http://z/v1/logs')
  expect(logs({ activityLog: on })).toBe('http://z/v1/logs')
})
