import { expect } from 'vitest'
import type { Program } from './program.js'
import { codeOf, expressionOf, linesBetween } from './usage-blocks.js'

const section10 = codeOf(10, 'ts')
const section11 = codeOf(11, 'ts')
const section12 = codeOf(12, 'ts')

/** §§10–15: pages, OpenTelemetry, back ends, processes, tests, boards, errors. */
export const wiringPrograms: readonly Program[] = [
  {
    name: 'pages',
    section: 10,
    onlyEsm: 'the block has `export default`, which CommonJS has not',
    before: `
import { createServer } from 'node:http'
import express from 'express'
import Fastify from 'fastify'
import { quipuFastify } from '@quipu/http/fastify'
import { start, trackUserLogin } from '@quipu/sdk'
import { createRecorder } from '@quipu/core'
const quipu = start()
const app = express()
const fastify = Fastify()
const recorder = createRecorder()
recorder.trackUserLogin(); recorder.trackUserLogin()
trackUserLogin()`,
    after: `
const seen: Record<string, unknown> = {}
const ask = async (server: ReturnType<typeof createServer>, name: string) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = 'http://127.0.0.1:' + (address !== null && typeof address === 'object' ? address.port : 0)
  for (const path of ['/metrics', '/custom_metrics', '/other']) {
    const response = await fetch(url + path)
    seen[name + path] = [response.status, response.headers.get('content-type'), (await response.text()).includes('user_logins_total 1')]
  }
  server.close(); server.closeAllConnections()
}
await ask(${expressionOf(section10, 'createServer(')}, 'node')
app.get('/other', (_request, response) => { response.type('text/plain').send('mine') })
await ask(createServer(app), 'express')
fastify.get('/things/:id', async () => 'thing')
await fastify.inject('/things/7')
const fastifyPage = await fastify.inject('/custom_metrics')
seen['fastify'] = [fastifyPage.statusCode, fastifyPage.body.includes('endpoint="/things/:id"')]
await fastify.close()
const below = await quipu.fetch(new Request('http://localhost/below/a/prefix/custom_metrics'))
seen['below'] = below.status
const fetched = await quipu.fetch(new Request('http://localhost/custom_metrics'))
const elsewhere = await quipu.fetch(new Request('http://localhost/other'))
seen['fetch'] = [fetched.status, (await fetched.text()).includes('user_logins_total 1'), elsewhere.status]
const handler = createHandler({ pages: {} })
support.observe({ seen, text: text.slice(-6), text2: text2.includes('user_logins_total 2'), handler: typeof handler })
await quipu.shutdown()`,
    check({ observed }, promised) {
      const html = expect.stringContaining('text/plain; version=0.0.4')
      promised('/metrics and /custom_metrics, 404 else')
      promised('calls next() for any other path')
      expect(observed).toMatchObject({
        seen: {
          'node/metrics': [200, html, false],
          'node/custom_metrics': [200, html, true],
          'node/other': [404, expect.anything(), false],
          'express/metrics': [200, html, false],
          'express/custom_metrics': [200, html, true],
          'express/other': [200, expect.stringContaining('text/plain'), false],
          fastify: [200, true],
          below: 200,
          fetch: [200, true, 404],
        },
        // The end of an OpenMetrics page.
        text: '# EOF\n',
        text2: true,
        handler: 'function',
      })
    },
  },
  {
    name: 'opentelemetry-is-there',
    section: 11,
    before: `
import { metrics as metricsApi } from '@opentelemetry/api'
import { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { createRecorder } from '@quipu/core'
const recorder = createRecorder()
const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA)
const attachedExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const host = new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter: attachedExporter })] })
metricsApi.setGlobalMeterProvider(host)`,
    after: `
const provider = ${expressionOf(section11, 'new MeterProvider(')}
const valueIn = (from: InMemoryMetricExporter) => from.getMetrics().at(-1)?.scopeMetrics.flatMap(({ metrics }) => metrics)
  .filter(({ descriptor }) => descriptor.name === 'user_logins_total').flatMap(({ dataPoints }) => dataPoints.map(({ value }) => value)) ?? []
const deltas: unknown[] = []
for (const logins of [2, 3]) {
  for (let i = 0; i < logins; i++) recorder.trackUserLogin()
  await provider.forceFlush()
  deltas.push(valueIn(exporter))
}
await host.forceFlush()
const attached = valueIn(attachedExporter)
detach()
attachedExporter.reset()
recorder.trackUserLogin()
await host.forceFlush()
support.observe({ deltas, attached, detached: valueIn(attachedExporter) })
await provider.shutdown(); await host.shutdown()`,
    check({ observed }) {
      // OpenTelemetry's cumulative reader repeats its last value, without the login after the detachment.
      expect(observed).toEqual({ deltas: [[2], [3]], attached: [5], detached: [5] })
    },
  },
  {
    name: 'back-end',
    section: 12,
    part: linesBetween(section12, 'import { datadog }', 'start({ otlp:'),
    before: `
import { createRecorder } from '@quipu/core'
import { start } from '@quipu/sdk'
const apiKey = 'not-a-key'`,
    after: `
const quipu = start()
const preset = datadog({ site: 'datadoghq.eu', apiKey })
let code = ''
try {
  // @ts-expect-error Datadog's intake takes deltas only
  datadog({ site: 'datadoghq.eu', apiKey, temporality: 'cumulative' })
} catch (error) { code = error instanceof Error ? error.message : '' }
let late = ''
try {
  // @ts-expect-error neither does start() take it
  start({ recorder: createRecorder(), otlp: { ...preset, temporality: 'cumulative' } })
} catch (error) { late = error instanceof Error ? error.name : '' }
const before = performance.now()
const outcome = await quipu.shutdown()
support.observe({ preset, code, late, delivered: outcome.delivered, inTime: performance.now() - before < 4000 })`,
    check({ observed }, promised) {
      promised('delta, its headers, its limits; an impossible combination is a type error and a start-up error')
      expect(observed).toMatchObject({
        preset: {
          url: expect.stringMatching(/^https:\/\/[\w.-]*datadoghq\.eu\//),
          temporality: 'delta',
          headers: { 'dd-api-key': 'not-a-key' },
          maxPointsPerRequest: expect.any(Number),
        },
        code: expect.stringContaining('does not accept the temporality cumulative'),
        late: expect.stringMatching(/^QuipuError \[/),
        // The tests cannot reach that host.
        delivered: 0,
        inTime: true,
      })
    },
  },
  {
    name: 'spool',
    section: 12,
    part: linesBetween(section12, 'start({ otlp: { url, spool', 'start({ otlp: { url, spool'),
    before: `
import { readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { start, trackUserLogin } from '@quipu/sdk'
let taken = 0
let isAway = true
const backend = createServer((request, response) => {
  request.resume().on('end', () => {
    if (!isAway) taken++
    response.writeHead(isAway ? 503 : 200, { 'retry-after': '3600' }).end()
  })
}).listen(0, '127.0.0.1')
await new Promise((resolve) => backend.once('listening', resolve))
const url = 'http://127.0.0.1:' + (backend.address() as AddressInfo).port
const directory = process.cwd() + '/spool'`,
    after: `
const onDisk = () => readdirSync(directory, { recursive: true }).filter((name) => String(name).endsWith('.pb')).length
trackUserLogin()
const quipu = start()
const inTheOutage = await quipu.flush()
const waiting = onDisk()
const atTheEnd = await quipu.shutdown()
isAway = false
const next = start({ otlp: { url, spool: { directory } } })
await next.shutdown()
support.observe({ inTheOutage, waiting, held: atTheEnd.held, dropped: atTheEnd.dropped, taken, left: onDisk() })
rmSync(directory, { recursive: true })
backend.close()`,
    check({ observed }, promised) {
      promised('what the back end did not take waits on disk, over an outage and a SIGKILL; off by default')
      expect(observed).toMatchObject({ inTheOutage: { delivered: 0, dropped: 0 }, waiting: 1, dropped: 0, left: 0 })
      expect(Number(observed.held)).toBeGreaterThan(0)
      // The batch of the first process, and the collection of the second.
      expect(Number(observed.taken)).toBeGreaterThanOrEqual(2)
    },
  },
  {
    name: 'many-processes',
    section: 12,
    part: linesBetween(section12, "start({ processes: 'cluster' })", "start({ processes: 'cluster' })"),
    onlyPacked: 'it forks itself',
    before: `
import cluster from 'node:cluster'
import { once } from 'node:events'
import { start, trackUserLogin } from '@quipu/sdk'`,
    after: `
const quipu = start()
trackUserLogin()
if (cluster.isWorker) {
  trackUserLogin()
  process.send?.('ready')
} else {
  const workers = [cluster.fork(), cluster.fork()]
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const logins = async () => /^user_logins_total (.*)$/m.exec(await quipu.page('custom_metrics'))?.[1]
  // A slow worker is missing on one page, which reports it, and is on a later one.
  let alive = await logins()
  for (let i = 0; alive !== '5' && i < 100; i++) { await new Promise((resolve) => setTimeout(resolve, 100)); alive = await logins() }
  workers[0]?.process.kill('SIGTERM')
  await once(cluster, 'exit')
  const afterOne = await logins()
  for (const worker of workers) worker.process.kill('SIGTERM')
  support.observe({ alive, afterOne })
  await quipu.shutdown()
}`,
    check({ observed }, promised) {
      promised('one page and one stream for all')
      // One of the first process, two of each worker; a counter never decreases when a worker ends.
      expect(observed).toEqual({ alive: '5', afterOne: '5' })
    },
  },
  {
    name: 'in-your-tests',
    section: 13,
    before: `import { expect } from 'expect'`,
    after: `
let failed = false
try { expect(recorder.value('feature_usage_total', { feature_name: 'search' })).toBe(2) } catch { failed = true }
let strict = false
try { recorder.metrics.user_logins_total.add(Number.NaN) } catch { strict = true }
support.observe({ failed, strict, nowMs: recorder.clock.monotonicMs() })`,
    check({ observed }, promised) {
      promised('strict: bad input throws; the clock is yours')
      expect(observed).toEqual({ failed: true, strict: true, nowMs: 250 })
    },
  },
  {
    name: 'boards',
    section: 14,
    before: `
import { builtinCatalog as catalog } from '@quipu/catalog'`,
    after: `
support.observe({ names: Object.keys(files), hasMetric: files['metrics.md'].includes('llm_requests_total') })`,
    check({ observed }) {
      expect(observed).toMatchObject({
        hasMetric: true,
        names: expect.arrayContaining([
          expect.stringMatching(/\.json$/),
          expect.stringMatching(/\.ya?ml$/),
          'metrics.md',
        ]),
      })
    },
  },
  {
    name: 'when-something-is-wrong',
    section: 15,
    part: '// the block is what this program prints when it ends',
    onlyEsm: 'it is the same uncaught error',
    before: `
import { builtinCatalog, mergeCatalogs, type MetricSpec } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'`,
    after: `
const recorder = createRecorder()
recorder.metrics.user_logins_total.add(Number.NaN)
const { user_action_total, user_action } = builtinCatalog.metrics
// Aki's entry as it would be without its prefix.
const bare: MetricSpec = { ...user_action, prometheusName: 'user_action_total' }
support.observe({ samples: await support.samples(recorder) })
mergeCatalogs({ metrics: { user_action_total }, events: {} }, { metrics: { user_action: bare }, events: {} })`,
    check({ observed, stderr }, promised) {
      promised('`quipu_dropped_total{metric,reason}` counts dropped values')
      expect(observed.samples).toMatchObject({
        'quipu_dropped_total{metric="user_logins_total",reason="not_finite"}': 1,
      })
      expect(stderr).toContain(codeOf(15, ''))
    },
  },
]
