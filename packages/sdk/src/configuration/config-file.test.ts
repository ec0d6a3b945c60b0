import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toConfiguration } from './configuration.js'
import { isSdkDisabled } from './environment.js'

const folder = mkdtempSync(join(tmpdir(), 'quipu-config-'))
let files = 0
let said: string[] = []

beforeEach(() => {
  said = []
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})
afterAll(() => rmSync(folder, { recursive: true }))

function useFile(text: string): string {
  const file = join(folder, `otel-${files++}.yaml`)
  writeFileSync(file, text)
  vi.stubEnv('OTEL_CONFIG_FILE', file)
  return file
}

const readers = `
file_format: "1.0"
resource:
  attributes_list: team=search,x=y
  attributes:
    - { name: service.name, value: shop }
    - { name: team, value: "a,b=c" }
meter_provider:
  readers:
    - periodic:
        interval: 5000
        timeout: 3000
        exporter:
          otlp_http:
            endpoint: http://collector:4318/otlp
            encoding: json
            headers: [{ name: api-key, value: "${'$'}{API_KEY}" }]
            compression: gzip
            timeout: 2000
            temporality_preference: delta
    - pull: { exporter: { prometheus/development: { host: localhost, port: 9555 } } }
`

test('the resource and the metric readers of OTEL_CONFIG_FILE replace the other variables', () => {
  vi.stubEnv('API_KEY', 'secret')
  vi.stubEnv('OTEL_SERVICE_NAME', 'ignored')
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://ignored')
  useFile(readers)
  const configuration = toConfiguration({})
  expect(configuration).toMatchObject({
    resource: { 'service.name': 'shop', team: 'a,b=c', x: 'y' },
    intervalMs: 5000,
    exportTimeoutMs: 3000,
    console: false,
    pages: { listen: { host: 'localhost', port: 9555 } },
    otlp: {
      protocol: 'http/json',
      headers: { 'api-key': 'secret' },
      compression: 'gzip',
      timeoutMs: 2000,
      temporality: 'delta',
    },
  })
  expect(configuration.otlp?.url.href).toBe('http://collector:4318/otlp')
  expect(said).toEqual([])
})

test('code takes precedence over the file', () => {
  useFile(readers)
  const { otlp, pages } = toConfiguration({ otlp: { url: 'http://other', compression: 'none' }, prometheus: false })
  expect(otlp).toMatchObject({ compression: 'none', headers: {} })
  expect(pages.listen).toBeUndefined()
})

test('a file without readers serves and pushes nothing, also under register', () => {
  useFile('file_format: "1.0"\n')
  expect(toConfiguration({}, { servesByDefault: true })).toMatchObject({
    otlp: undefined,
    pages: { listen: undefined },
  })
})

test('gRPC and the console are read as well; unused parts are listed once', () => {
  useFile(`
file_format: "1.0"
meter_provider:
  readers:
    - periodic: { exporter: { otlp_grpc: { endpoint: http://collector:4317 } } }
    - periodic: { exporter: { console: } }
    - periodic: { exporter: { otlp_http: { endpoint: http://second:4318 } } }
  views: [{ selector: { instrument_name: a }, stream: { name: b } }]
tracer_provider: { processors: [{ simple: { exporter: { console: } } }] }
`)
  expect(toConfiguration({})).toMatchObject({ console: true, otlp: { protocol: 'grpc' } })
  toConfiguration({})
  expect(said).toHaveLength(1)
  expect(said[0]).toContain('not used of it: meter_provider.readers[2], tracer_provider, meter_provider.views')
})

test.each([
  ['is not YAML', 'secret: ['],
  ['is of another version', 'file_format: "2.0"\n'],
  ['has a wrong key', 'file_format: "1.0"\nmeter_provider: { reader: secret }\n'],
])('a file that %s is ignored, its content is not shown, and the variables count', (_, text) => {
  useFile(text)
  vi.stubEnv('OTEL_SERVICE_NAME', 'by-variable')
  expect(toConfiguration({}).resource['service.name']).toBe('by-variable')
  expect(said.join('')).not.toContain('secret')
})

test('a missing file is ignored', () => {
  vi.stubEnv('OTEL_CONFIG_FILE', join(folder, 'missing.yaml'))
  expect(toConfiguration({}).otlp).toBeUndefined()
})

test('`disabled: true` turns everything off', () => {
  useFile('file_format: "1.0"\ndisabled: true\n')
  expect(isSdkDisabled()).toBe(true)
})
