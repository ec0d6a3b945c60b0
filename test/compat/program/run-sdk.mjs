import { createServer } from 'node:http'
import process from 'node:process'
import { metrics as api } from '@opentelemetry/api'
import { logMetric, start, trackUserAction, withFeature, withUser } from '@quipu/sdk'
import { createChecks, equal, ok } from './checks.mjs'
import { parsePage } from './page.mjs'

// Node: start() with pages, lines and OTLP, as in an application. With the argument `host` the application has its own
// MeterProvider, of the installed OpenTelemetry line, which exports instead of OTLP.
const { check, result } = createChecks()
const stray = []
process.on('unhandledRejection', (error) => stray.push(error))
process.on('warning', ({ name, message }) => stray.push(new Error(`${name}: ${message}`)))

/** The JSON that a back end received. */
const received = []
const backEnd = createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    received.push({ path: request.url, body: JSON.parse(Buffer.concat(pieces).toString()) })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
})
await new Promise((resolve) => backEnd.listen(0, '127.0.0.1', resolve))

const hasHost = process.argv[2] === 'host'
let host
if (hasHost) {
  const { InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } = await import(
    '@opentelemetry/sdk-metrics'
  )
  const memory = new InMemoryMetricExporter(1)
  const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis: 60_000 })
  const provider = new MeterProvider({ readers: [reader] })
  api.setGlobalMeterProvider(provider)
  host = { memory, provider }
}

const lines = []
trackUserAction('before_start')
const quipu = start({
  serviceName: 'compat',
  prometheus: { port: 0 },
  activityLog: { enabled: true, sink: (line) => void lines.push(line), otlp: !hasHost },
  ...(!hasHost && { otlp: { url: `http://127.0.0.1:${backEnd.address().port}`, protocol: 'http/json' } }),
})
trackUserAction('after_start')
api.getMeter('app').createCounter('app_orders').add(2)
await withFeature('search', async () => 1)
withUser('user@example.com', () => logMetric('llm_call', undefined, { model: 'gpt-4', message_count: 5 }))

await check('pages are served, with what was recorded before start()', async () => {
  const { urls } = await quipu.ready
  const { samples } = parsePage(await (await fetch(urls.custom)).text())
  equal(samples.get('user_action_total[["action_type","before_start"]]'), 1)
  equal(samples.get('user_action_total[["action_type","after_start"]]'), 1)
  const standard = parsePage(await (await fetch(urls.standard)).text()).samples
  ok(
    [...standard.keys()].some((key) => key.startsWith('nodejs_') || key.startsWith('process_')),
    'the runtime is on /metrics',
  )
  // The application's own provider exports its instruments.
  equal(standard.get('app_orders_total[]'), hasHost ? undefined : 2)
})
await check('pages are given as text and over fetch', async () => {
  parsePage(await quipu.page('custom_metrics', { accept: 'application/openmetrics-text' }), { openMetrics: true })
  const response = await quipu.fetch(new Request('http://localhost/custom_metrics'))
  parsePage(await response.text())
})
await check('lines are written', () => {
  ok(lines.includes('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5'), lines.join(' | '))
})
if (host === undefined) {
  await check('what was recorded reaches the back end over OTLP, and so do activity events', async () => {
    const outcome = await quipu.flush()
    equal([outcome.dropped, outcome.held, outcome.errors.map(String)], [0, 0, []])
    ok(outcome.delivered > 10, `points were delivered (${outcome.delivered})`)
    const bodies = (path) => received.filter((each) => each.path === path).map(({ body }) => body)
    const metricsOf = (body) =>
      body.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const sent = bodies('/v1/metrics').flatMap(metricsOf)
    const actions = sent.find(({ name }) => name === 'user_action_total')
    equal(
      actions?.sum.dataPoints.map((point) => point.asDouble ?? Number(point.asInt)),
      [1, 1],
    )
    const [{ resource }] = bodies('/v1/metrics')[0].resourceMetrics
    ok(
      resource.attributes.some(({ key, value }) => key === 'service.name' && value.stringValue === 'compat'),
      'by its name',
    )
    const events = JSON.stringify(bodies('/v1/logs'))
    ok(events.includes('llm_call') && events.includes('gpt-4'), 'the event is a log record')
  })
} else {
  await check("the application's own provider has its instruments and ours", async () => {
    await host.provider.forceFlush()
    const exported = host.memory
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const valuesOf = (name) =>
      exported.find(({ descriptor }) => descriptor.name === name)?.dataPoints.map(({ value }) => value)
    equal(valuesOf('app_orders'), [2])
    equal(valuesOf('user_action_total'), [1, 1])
  })
}
await check('the end is clean and said once', async () => {
  const { urls } = await quipu.ready
  const outcome = await quipu.shutdown()
  equal([outcome.held, outcome.errors.map(String)], [0, []])
  ok((await quipu.shutdown()) === outcome, 'a second shutdown is the first')
  ok(
    await fetch(urls.custom).then(
      () => false,
      () => true,
    ),
    'the port is closed',
  )
})
await check('nothing was rejected behind our back, and no warning given', () => {
  if (stray.length > 0) throw stray[0]
})
await host?.provider.shutdown()
backEnd.closeAllConnections()
backEnd.close()

const { passed, failures } = result()
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`)
process.stdout.write(`${passed} checks passed${failures.length > 0 ? `, ${failures.length} failed` : ''}\n`)
process.exitCode = failures.length === 0 ? 0 : 1
