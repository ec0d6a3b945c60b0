import { expect } from 'vitest'
import type { Program } from './program.js'
import { codeOf, expressionOf } from './usage-blocks.js'

const section10 = codeOf(10, 'ts')
const section11 = codeOf(11, 'ts')

/** §§10, 11, 13, 15: pages, OpenTelemetry, tests, errors. */
export const wiringPrograms: readonly Program[] = [
  {
    name: 'pages',
    section: 10,
    onlyEsm: 'the block has `export default`, which CommonJS has not',
    before: `
import { createServer } from 'node:http'
import express from 'express'
import { start, trackUserLogin } from '@quipu/sdk'
import { createRecorder } from '@quipu/core'
const quipu = start()
const app = express()
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
          fetch: [200, true, 404],
        },
        // OpenMetrics ends so.
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
      // A cumulative reader of OpenTelemetry's repeats what it saw last; the login after the detaching is not in it.
      expect(observed).toEqual({ deltas: [[2], [3]], attached: [5], detached: [5] })
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
      promised('`quipu_dropped_total{metric,reason}` counts what was not taken')
      expect(observed.samples).toMatchObject({
        'quipu_dropped_total{metric="user_logins_total",reason="not_finite"}': 1,
      })
      expect(stderr).toContain(codeOf(15, ''))
    },
  },
]
