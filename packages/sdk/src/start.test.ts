import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { metrics } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { defineMetrics } from '@quipu/catalog'
import { QuipuError } from '@quipu/catalog/builtin'
import { createRecorder, defaultRecorder } from '@quipu/core'
import { afterEach, expect, test, vi } from 'vitest'
import { samplesOf } from '../fixtures/page-points.js'
import { logMetric, start, trackUserAction, withFeature } from './index.js'
import type { Quipu } from './lifecycle/quipu.js'

const started: Pick<Quipu, 'shutdown'>[] = []
const startHere: typeof start = (options) => {
  const quipu = start({ exitHooks: false, ...options })
  started.push(quipu)
  return quipu
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((quipu) => quipu.shutdown()))
  vi.unstubAllEnvs()
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

const textOf = async (url: string): Promise<string> => await (await fetch(url)).text()

test('values recorded before and after start() are on the page', async () => {
  trackUserAction('before_start')
  const quipu = startHere({ serviceName: 'securetrack', prometheus: { port: 0 } })
  const { urls } = await quipu.ready
  await withFeature('threat_analysis', async () => 'report')
  const samples = samplesOf(await textOf(urls.custom))
  expect(samples.get('user_action_total action_type=before_start')).toBe(1)
  expect(samples.get('feature_usage_total feature_name=threat_analysis')).toBe(1)
  expect(samples.get('feature_duration_seconds_count feature_name=threat_analysis')).toBe(1)
})

test('the pages are served on the configured port, on loopback', async () => {
  const port = await freePort()
  const { urls } = await startHere({ prometheus: { port } }).ready
  expect(urls).toEqual({
    custom: `http://127.0.0.1:${port}/custom_metrics`,
    standard: `http://127.0.0.1:${port}/metrics`,
  })
  expect((await fetch(urls.standard)).headers.get('content-type')).toContain('text/plain; version=0.0.4')
})

test('the two pages have no family in common', async () => {
  const recorder = createRecorder()
  const { urls } = await startHere({ recorder, prometheus: { port: 0 } }).ready
  recorder.trackUserAction('a')
  const families = async (url: string) => [...(await textOf(url)).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  const [custom, standard] = [await families(urls.custom), await families(urls.standard)]
  expect(custom).toContain('user_action_total')
  expect(standard).toContain('process_memory_usage_bytes')
  expect(custom.filter((name) => standard.includes(name))).toEqual([])
})

test('a port in use rejects ready, while recording and the handler continue', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const recorder = createRecorder()
  const quipu = startHere({ recorder, prometheus: { port } })
  const error = await quipu.ready.catch((reason: unknown) => reason)
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_PORT_IN_USE')
  recorder.trackUserAction('a')
  expect(await quipu.page('custom_metrics')).toContain('user_action_total{action_type="a"} 1')
  await new Promise((resolve) => other.close(resolve))
})

test('without the option no server listens, and ready resolves at once', async () => {
  const listen = vi.spyOn((await import('node:net')).Server.prototype, 'listen')
  const quipu = startHere({ recorder: createRecorder() })
  expect(await quipu.ready).toEqual({ urls: { custom: '', standard: '' } })
  expect(listen).not.toHaveBeenCalled()
  listen.mockRestore()
})

test('invalid configuration throws at once, with a code', () => {
  expect(() => start({ prometheus: { port: 99_999 } })).toThrow(/prometheus\.port/)
  expect(() => start({ prometheus: { host: '0.0.0.0' } })).toThrow(/QUIPU_BIND_REFUSED|open to every host/)
})

test('the entries of a catalogue are typed instruments on the result of start()', async () => {
  const shop = defineMetrics({
    shop_orders_total: { kind: 'counter', help: 'Orders placed', labels: { channel: ['web', 'app'] } },
  })
  const quipu = startHere({ recorder: createRecorder(), catalog: shop })
  quipu.metrics.shop_orders_total.add(2, { channel: 'web' })
  quipu.metrics.app_active_sessions.set(3)
  // @ts-expect-error 'fax' is not a channel
  quipu.metrics.shop_orders_total.add(1, { channel: 'fax' })
  const samples = samplesOf(await quipu.page('custom_metrics'))
  expect(samples.get('shop_orders_total channel=web')).toBe(2)
  expect(samples.get('app_active_sessions')).toBe(3)
})

test('vocabularies select the metrics on the page', async () => {
  const recorder = createRecorder()
  const quipu = startHere({ recorder, vocabularies: ['securetrack', 'gen_ai'] })
  recorder.withLlmCall({ model: 'gpt-4', endpoint: 'chat', provider: 'openai' }, () => ({ content: 'hi' }))
  const page = await quipu.page('custom_metrics')
  expect(page).toContain('llm_requests_total')
  expect(page).toContain('gen_ai_client_operation_duration_seconds_count')
  expect(page).not.toContain('aki_')
})

test('the handler serves node:http, and next() gets every other path', async () => {
  const recorder = createRecorder()
  recorder.trackUserAction('a')
  const quipu = startHere({ recorder })
  const app = createServer((req, res) => quipu.handler(req, res, () => res.end('the app')))
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(app.address() as AddressInfo).port}`
  expect(await textOf(`${base}/custom_metrics`)).toContain('user_action_total{action_type="a"} 1')
  expect(await textOf(`${base}/metrics`)).toContain('process_memory_usage_bytes')
  expect(await textOf(`${base}/users`)).toBe('the app')
  app.closeAllConnections()
  await new Promise((resolve) => app.close(resolve))
})

test('fetch answers a Request, and page() is the page as text', async () => {
  const recorder = createRecorder()
  recorder.trackUserAction('a')
  const { fetch: answer, page } = startHere({ recorder })
  const response = await answer(new Request('http://x/custom_metrics'))
  expect(await response.text()).toContain('user_action_total{action_type="a"} 1')
  expect((await answer(new Request('http://x/other'))).status).toBe(404)
  expect(await page('custom_metrics', { accept: 'application/openmetrics-text' })).toMatch(/# EOF\n$/)
  expect(await page('metrics')).toContain('process_cpu_time_seconds_total')
})

test('other code’s OpenTelemetry instruments are on the standard page', async () => {
  const quipu = startHere({ recorder: createRecorder() })
  metrics.getMeter('orders').createCounter('orders.shipped').add(3, { country: 'PE' })
  expect(await quipu.page('metrics')).toContain('orders_shipped_total{country="PE"} 3')
})

test('names keep their dots for a scraper that asks for them, if allowed', async () => {
  const quipu = startHere({ recorder: createRecorder(), prometheus: { port: 0, names: 'utf-8' } })
  metrics.getMeter('orders').createCounter('orders.shipped').add(3, { 'ship.to': 'PE' })
  const accept = 'text/plain;version=1.0.0;escaping=allow-utf-8'
  const { urls } = await quipu.ready
  const scraped = await (await fetch(urls.standard, { headers: { accept } })).text()
  expect(scraped).toContain('{"orders.shipped_total","ship.to"="PE"} 3')
  expect(await quipu.page('metrics', { accept })).toContain('{"orders.shipped_total","ship.to"="PE"} 3')
  expect(await quipu.page('metrics')).toContain('orders_shipped_total{ship_to="PE"} 3')
})

test('requests to any server of the application are measured, scrapes are not', async () => {
  const quipu = startHere({ recorder: createRecorder(), prometheus: { port: 0 } })
  const { urls } = await quipu.ready
  const app = createServer((req, res) => {
    res.writeHead(req.url === '/lost' ? 404 : 200).end('ok')
  })
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  const { port } = app.address() as AddressInfo
  await textOf(`http://127.0.0.1:${port}/users/42?token=secret`)
  await textOf(`http://127.0.0.1:${port}/users/43`)
  await textOf(`http://127.0.0.1:${port}/lost`)
  await new Promise<void>((resolve) => {
    request({ port, method: 'PROPFIND' }, (response) => response.resume().on('end', resolve)).end()
  })
  await textOf(urls.custom)
  const counts = [...samplesOf(await textOf(urls.standard))].filter(([key]) =>
    key.startsWith('http_server_request_duration_seconds_count'),
  )
  expect(Object.fromEntries(counts)).toEqual({
    'http_server_request_duration_seconds_count http_request_method=GET http_response_status_code=200 network_protocol_version=1.1 url_scheme=http': 2,
    'http_server_request_duration_seconds_count http_request_method=GET http_response_status_code=404 network_protocol_version=1.1 url_scheme=http': 1,
    'http_server_request_duration_seconds_count http_request_method=_OTHER http_response_status_code=200 network_protocol_version=1.1 url_scheme=http': 1,
  })
  app.closeAllConnections()
  await new Promise((resolve) => app.close(resolve))
})

test('credentials protect the pages', async () => {
  const { urls } = await startHere({ recorder: createRecorder(), prometheus: { port: 0, auth: { bearer: 's3cret' } } })
    .ready
  expect((await fetch(urls.custom)).status).toBe(401)
  const allowed = await fetch(urls.custom, { headers: { authorization: 'Bearer s3cret' } })
  expect(allowed.status).toBe(200)
})

test('with standard metrics off, the page has none and no provider is registered', async () => {
  const quipu = startHere({ recorder: createRecorder(), standardMetrics: false, prometheus: { port: 0 } })
  const { urls } = await quipu.ready
  expect(urls.standard).toBe('')
  expect((await fetch(urls.custom.replace('custom_metrics', 'metrics'))).status).toBe(404)
  expect(await quipu.page('metrics')).toBe('')
  expect(metrics.getMeterProvider().constructor.name).toBe('NoopMeterProvider')
})

test('a second start() with the same options, or with none, is the same object', () => {
  const options = { serviceName: 'a', prometheus: { port: 0 }, exitHooks: false }
  const quipu = startHere(options)
  expect(start({ ...options, prometheus: { port: 0 } })).toBe(quipu)
  expect(start()).toBe(quipu)
})

test('a second start() with different options throws a coded error', () => {
  startHere({ serviceName: 'a' })
  let error: unknown
  try {
    start({ serviceName: 'b' })
  } catch (thrown) {
    error = thrown
  }
  expect(QuipuError.isInstance(error) && error.code).toBe('QUIPU_ALREADY_STARTED')
})

test('a second copy of the package shares the store and the running Quipu', async () => {
  const quipu = startHere({ serviceName: 'a' })
  vi.resetModules()
  const copy = await import('./index.js')
  expect(copy.start).not.toBe(start)
  copy.trackUserAction('from_the_copy')
  expect(copy.start()).toBe(quipu)
  expect(await quipu.page('custom_metrics')).toContain('user_action_total{action_type="from_the_copy"} 1')
})

test('after shutdown() it can be started again, and other code’s instruments are on the new page', async () => {
  const first = startHere({ recorder: createRecorder(), serviceName: 'a' })
  await first.shutdown()
  const second = startHere({ recorder: createRecorder(), serviceName: 'b' })
  expect(second).not.toBe(first)
  metrics.getMeter('m').createCounter('second.time').add(1)
  expect(await second.page('metrics')).toContain('second_time_total 1')
})

test('start() registers no logger, tracer or context manager', () => {
  startHere({ recorder: createRecorder() })
  expect(Reflect.get(globalThis, Symbol.for('io.opentelemetry.js.api.logs'))).toBeUndefined()
  const provider = { getLogger: () => ({ emit: () => undefined, enabled: () => true }) }
  expect(logs.setGlobalLoggerProvider(provider)).toBe(provider)
  logs.disable()
  const registered: unknown = Reflect.get(globalThis, Symbol.for('opentelemetry.js.api.1'))
  expect(Object.keys(Object(registered)).filter((key) => key !== 'version' && key !== 'diag')).toEqual(['metrics'])
})

test('the application’s LoggerProvider stays registered', () => {
  const provider = { getLogger: () => ({ emit: () => undefined, enabled: () => true }) }
  logs.setGlobalLoggerProvider(provider)
  startHere({ recorder: createRecorder() })
  expect(logs.getLoggerProvider()).toBe(provider)
  logs.disable()
})

test('start and end of the application are user actions', async () => {
  const recorder = createRecorder()
  const quipu = startHere({ recorder })
  await quipu.shutdown()
  const samples = samplesOf(await quipu.page('custom_metrics'))
  expect(samples.get('aki_user_action_total action_type=app_startup profile_name=none')).toBe(1)
  expect(samples.get('aki_user_action_total action_type=app_shutdown profile_name=none')).toBe(1)
})

test('OTEL_SDK_DISABLED turns everything off', async () => {
  vi.stubEnv('OTEL_SDK_DISABLED', 'true')
  const shop = defineMetrics({ shop_orders_total: { kind: 'counter', help: 'Orders placed' } })
  const quipu = start({ recorder: undefined, catalog: shop, prometheus: { port: 9464 }, otlp: true })
  expect(await quipu.ready).toEqual({ urls: { custom: '', standard: '' } })
  quipu.metrics.shop_orders_total.add(1)
  expect(await quipu.page('custom_metrics')).toBe('')
  expect((await quipu.fetch(new Request('http://x/metrics'))).status).toBe(404)
  expect(await quipu.shutdown()).toEqual({ delivered: 0, held: 0, dropped: 0, errors: [] })
  expect(metrics.getMeterProvider().constructor.name).toBe('NoopMeterProvider')
})

test('logMetric of the package uses the default recorder', () => {
  expect(defaultRecorder()).toBe(startHere({}).recorder)
  expect(() => logMetric('error', null, { error_type: 'timeout' })).not.toThrow()
})
