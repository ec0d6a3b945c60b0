import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPMetricExporter as JsonExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { AggregationType, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { runCaptured } from '../../fixtures/run-captured.js'

const ends: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** Starts `quipu studio` with these arguments; resolves to the address of its page. */
async function studio(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<string> {
  const interruption = new AbortController()
  let out = ''
  const ended = runCaptured(['studio', ...args], {
    env,
    input,
    interruption: () => interruption.signal,
    out: async (text) => {
      out += text
    },
  })
  ends.push(async () => {
    interruption.abort()
    expect((await ended).code).toBe(0)
  })
  return vi.waitFor(() => {
    const [url] = /^http:\S+\/quipu$/m.exec(out) ?? []
    if (url === undefined) throw new Error('the studio has not said where it is')
    return url
  }, 10_000)
}

const GZIP = CompressionAlgorithm.GZIP

const read = async (url: string, path: string): Promise<string> => (await fetch(new URL(path, url))).text()

const LINES = [
  '2026-11-27 10:00:00 INFO [METRIC] [ana@example.com] llm_call model=gpt-4 message_count=5',
  'another program says something',
  '[METRIC] [ben@example.com] tool_call tool_name="a \\"b\\""',
  '',
].join('\n')

describe('quipu studio of an address', () => {
  async function application(status = 200): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createServer(({ url = '', headers }, response) => {
      asked.push(`${url} ${headers.authorization ?? ''}`)
      response.writeHead(status, { 'content-type': 'application/openmetrics-text; version=1.0.0' })
      response.end('# TYPE calls counter\ncalls_total 1\n# EOF\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => server.close())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }

  test('serves the studio, and reads the application’s pages with its token', async () => {
    const { url, asked } = await application()
    const page = await studio([`${url}/custom_metrics`, '--token', 'secret-token'])
    expect(await read(page, '/custom_metrics?name[]=calls_total')).toContain('calls_total 1')
    expect(asked).toEqual(['/custom_metrics?name[]=calls_total Bearer secret-token'])
    const response = await fetch(page)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await response.text()).toContain('<title>Quipu</title>')
  })

  test('reports a wrong token and a missing application', async () => {
    const { url } = await application(401)
    expect((await fetch(new URL('/metrics', await studio([url])))).status).toBe(401)
    expect((await fetch(new URL('/metrics', await studio(['127.0.0.1:1'])))).status).toBe(502)
  })

  test('listens on loopback, and rejects other host names', async () => {
    const { url } = await application()
    const { hostname, port } = new URL(await studio([url]))
    expect(hostname).toBe('127.0.0.1')
    const asked = request({ host: hostname, port, path: '/metrics', headers: { host: 'rebound.example.com' } }).end()
    const [response] = await once(asked, 'response')
    expect(response.statusCode).toBe(421)
    response.resume()
  })
})

describe('quipu studio of OTLP', () => {
  test.each([
    ['protobuf', (url: string) => new ProtobufExporter({ url: `${url}/v1/metrics` })],
    ['compressed protobuf', (url: string) => new ProtobufExporter({ url: `${url}/v1/metrics`, compression: GZIP })],
    ['JSON', (url: string) => new JsonExporter({ url: `${url}/v1/metrics` })],
    ['gRPC', (url: string) => new GrpcExporter({ url })],
    ['compressed gRPC', (url: string) => new GrpcExporter({ url, compression: GZIP })],
  ])("shows what OpenTelemetry's own SDK sends as %s", async (_, createExporter) => {
    const port = await freePort()
    const page = await studio(['--otlp', String(port)])
    const exporter = createExporter(`http://127.0.0.1:${port}`)
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })
    const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const
    const views = [{ instrumentName: 'job_duration_seconds', aggregation }]
    const provider = new MeterProvider({ readers: [reader], views })
    ends.push(() => provider.shutdown())
    const meter = provider.getMeter('test')
    meter.createCounter('llm_requests_total').add(3, { model: 'gpt-4', endpoint: 'chat' })
    meter.createHistogram('llm_request_duration_seconds', { unit: 's' }).record(0.7, { model: 'gpt-4' })
    const exponential = meter.createHistogram('job_duration_seconds', { unit: 's' })
    for (const seconds of [0, 0.3, 3, 3.5]) exponential.record(seconds)
    meter.createGauge('app_active_sessions').record(2)
    await provider.forceFlush()
    const text = await read(page, '/custom_metrics')
    expect(text).toMatch(/^llm_requests_total\{endpoint="chat",model="gpt-4",service_name="[^"]+"\} 3$/m)
    expect(text).toMatch(/^llm_request_duration_seconds_sum\{model="gpt-4",[^}]*\} 0\.7$/m)
    expect(text).toMatch(/^llm_request_duration_seconds_bucket\{[^}]*le="\+Inf"\} 1$/m)
    expect(text).toMatch(/^job_duration_seconds_bucket\{[^}]*le="0\.5"\} 2$/m)
    expect(text).toMatch(/^job_duration_seconds_bucket\{[^}]*le="4(?:\.0)?"\} 4$/m)
    expect(text).toMatch(/^app_active_sessions\{[^}]*\} 2$/m)
  })

  test('responds 400 to other requests, and continues', async () => {
    const port = await freePort()
    await studio(['--otlp', String(port)])
    const post = (body: string) => fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: 'POST', body })
    expect((await post('\u0007 not a message')).status).toBe(400)
    expect((await post('')).status).toBe(200)
    const socket = connect(port, '127.0.0.1').end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nnot a frame')
    await once(socket.resume(), 'close')
    expect((await post('')).status).toBe(200)
  })
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

describe('quipu studio of lines', () => {
  test('of a file shows and counts existing and later lines', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quipu-studio-'))
    ends.push(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'activity.log')
    writeFileSync(file, LINES)
    const page = await studio([file])
    await vi.waitFor(async () =>
      expect(await read(page, '/custom_metrics')).toContain('llm_requests_total{model="gpt-4"} 1'),
    )
    appendFileSync(file, '[METRIC] [ana@example.com] llm_call model=gpt-4\n')
    await vi.waitFor(async () => {
      const text = await read(page, '/custom_metrics')
      expect(text).toContain('llm_requests_total{model="gpt-4"} 2')
      expect(text).toContain('aki_tool_usage_total{tool_name="a \\"b\\""} 1')
      expect(text).toContain('activity_lines_by_user_total{user="ana@example.com"} 2')
    }, 5000)
    expect(JSON.parse(await read(page, '/quipu/lines?after=2'))).toEqual({
      next: 3,
      lines: ['[METRIC] [ana@example.com] llm_call model=gpt-4'],
    })
  })

  test.each([['-'], []])('of standard input stays after its end: %j', async (...args) => {
    const page = await studio(args, {}, LINES)
    await vi.waitFor(async () => expect(JSON.parse(await read(page, '/quipu/lines?after=0')).next).toBe(2))
  })

  test.each([
    [[], 'name what to show'],
    [['http://', '--otlp', '4318'], '--otlp shows only metrics sent to it'],
    [['--otlp', 'many'], 'It must be a port'],
    [['http://['], 'is not an address'],
  ])('%j exits with 2 and says why', async (args, why) => {
    const { code, said } = await runCaptured(['studio', ...args])
    expect({ code, said }).toEqual({ code: 2, said: expect.stringContaining(why) })
  })

  test('of a missing file exits with 1', async () => {
    expect(await runCaptured(['studio', 'missing.log'])).toMatchObject({
      code: 1,
      said: expect.stringContaining('missing.log'),
    })
  })
})
