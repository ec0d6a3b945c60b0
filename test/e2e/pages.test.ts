import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import {
  catalogPage,
  createHandler,
  createPage,
  listen,
  negotiateFormat,
  otelPage,
  type PageServer,
  type PageSource,
  renderPage,
} from '@quipu/prometheus'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  checkMetricsPage,
  describeWithServer,
  type PageSample,
  type ParsedPage,
  type Prometheus,
  parseOpenMetrics,
  parsePrometheusText,
  startPrometheus,
} from '../servers/index.js'
import { foreignCollection, hostileValues } from './foreign-collections.js'

const OPENMETRICS = 'application/openmetrics-text'

/** Every kind of metric, with all kinds of labels. */
const shop = defineMetrics({
  shop_orders_total: {
    kind: 'counter',
    help: 'Orders "placed"\nso far \\',
    labels: { note: 'text', 'dotted.name': 'text' },
  },
  shop_queue_length: { kind: 'upDownCounter', help: 'Orders that wait', labels: { note: 'text' } },
  shop_temperature_celsius: { kind: 'gauge', help: 'Cold chain', unit: 'Cel' },
  shop_order_duration_seconds: {
    kind: 'histogram',
    help: 'Time to place an order',
    unit: 's',
    buckets: [0.001, 0.1, 1, 2_000_000],
    labels: { note: 'text' },
  },
  shop_order_size: {
    kind: 'histogram',
    help: 'Lines of an order',
    aggregation: 'exponential',
    labels: { note: 'text' },
  },
  shop_receipt_bytes: { kind: 'summary', help: 'Receipt', unit: 'By', labels: { note: 'text' } },
})

function hostileRecorder() {
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const recorder = createRecorder({ catalog: shop, exemplars: () => trace })
  const { metrics } = recorder
  hostileValues.forEach((note, i) => {
    metrics.shop_orders_total.add(i + 1, { note, 'dotted.name': note })
    metrics.shop_queue_length.add(-i, { note })
    metrics.shop_order_duration_seconds.record(i * 0.3, { note })
    metrics.shop_order_size.record(i * 7, { note })
    metrics.shop_receipt_bytes.record(i * 100, { note })
  })
  metrics.shop_temperature_celsius.set(-18.5)
  return recorder
}

function ordinaryRecorder() {
  const recorder = createRecorder()
  recorder.trackUserLogin()
  recorder.observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 })
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat', provider: 'openai', messageCount: 5 })
  call.usage({ inputTokens: 120, outputTokens: 30 })
  call.end()
  return recorder
}

class TestReader extends MetricReader {
  protected override async onShutdown() {}
  protected override async onForceFlush() {}
}

/** Behaviour of other instrumentations that has broken real scrape targets. */
function foreignProvider() {
  const reader = new TestReader()
  const provider = new MeterProvider({ readers: [reader] })
  const [one, two] = [provider.getMeter('one', '1.0'), provider.getMeter('two')]
  one.createCounter('http.requests', { description: 'A "request"', unit: '{request}' }).add(3, { 'http.route': '/a' })
  two.createCounter('http.requests').add(4, { 'http.route': '/a' })
  two.createGauge('http_requests').record(1)
  const histogram = one.createHistogram('http.duration', { unit: 's', advice: { explicitBucketBoundaries: [0.5, 1] } })
  hostileValues.forEach((value, i) => {
    histogram.record(i / 10, { le: value, 'a.b': '1', a_b: value, '': 'empty', '9lives': 'x', otel_scope_name: 'mine' })
  })
  one.createUpDownCounter('odd').add(1, { bad: Symbol('x') as never })
  return otelPage((options) => reader.collect(options))
}

const withoutExemplar = ({ name, labels, value }: PageSample) => ({ name, labels, value })

function samplesOf(page: ParsedPage): readonly PageSample[] {
  if ('error' in page) throw new Error(page.error)
  return page.families.flatMap(({ samples }) => samples)
}

const sources = {
  'an ordinary catalogue page': catalogPage(ordinaryRecorder()),
  'a hostile catalogue page': catalogPage(hostileRecorder()),
  'a hostile foreign page': foreignProvider(),
}

async function render(source: PageSource, accept?: string): Promise<string> {
  return (await createPage(source).render({ format: negotiateFormat(accept) })).text()
}

describeWithServer(['python', 'promtool'], 'what others read', () => {
  describe.each(Object.entries(sources))('of %s', (_, source) => {
    it("Python's strict parser takes the OpenMetrics page, its text parser the text page, and both read the same", async () => {
      const strict = samplesOf(await parseOpenMetrics(await render(source, OPENMETRICS)))
      const text = samplesOf(await parsePrometheusText(await render(source)))
      expect(strict.length).toBeGreaterThan(5)
      expect(strict.map(withoutExemplar)).toEqual(text.map(withoutExemplar))
    })

    it('promtool reads the text page', async () => {
      const { code, problems } = await checkMetricsPage(await render(source))
      // Exit code 3 is advice, about documented names and missing help texts of others.
      expect([0, 3], problems.join('\n')).toContain(code)
      expect(problems.join('\n')).not.toMatch(/error while linting|second (HELP|TYPE)/)
    })
  })

  it('hostile label values arrive as recorded, without invisible characters', async () => {
    const samples = samplesOf(await parseOpenMetrics(await renderPage(hostileRecorder(), { accept: OPENMETRICS })))
    const orders = samples.filter(({ name }) => name === 'shop_orders_total')
    expect(orders.map(({ value }) => value)).toEqual(hostileValues.map((_, i) => i + 1))
    for (const note of ['a "quoted" \\ value', 'a="b",c="d"} 1', '# EOF', '🙂 é 漢', '__proto__']) {
      expect(orders.map(({ labels }) => labels.dotted_name)).toContain(note)
    }
    const bucket = samples.find(({ name, exemplar }) => name.endsWith('_bucket') && exemplar !== null)
    expect(bucket?.exemplar?.labels).toEqual({
      trace_id: '0af7651916cd43dd8448eb211c80319c',
      span_id: 'b7ad6b7169203331',
    })
  })

  it('both parsers accept the page of any other instrumentation', async () => {
    await fc.assert(
      fc.asyncProperty(foreignCollection, async (collection) => {
        const page = createPage(otelPage(async () => collection, { scopeLabels: true, targetInfo: true }))
        const openMetrics = (await page.render({ format: negotiateFormat(OPENMETRICS) })).text()
        const strict = samplesOf(await parseOpenMetrics(openMetrics))
        const text = samplesOf(await parsePrometheusText((await page.render()).text()))
        expect(text.length).toBeGreaterThanOrEqual(strict.length)
      }),
      { numRuns: 500 },
    )
  })

  it('promtool accepts the page of any other instrumentation', async () => {
    for (const collection of fc.sample(foreignCollection, 40)) {
      const page = (await createPage(otelPage(async () => collection)).render()).text()
      const { code, problems } = await checkMetricsPage(page)
      expect([0, 3], `${problems.join('\n')}\n${page}`).toContain(code)
    }
  })
})

describeWithServer('prometheus', 'a real Prometheus', () => {
  const protocols = ['PrometheusText0.0.4', 'PrometheusText1.0.0', 'OpenMetricsText1.0.0', 'PrometheusProto']
  let server: PageServer
  let prometheus: Prometheus
  const recorder = hostileRecorder()

  beforeAll(async () => {
    const handler = createHandler({
      pages: { '/custom_metrics': catalogPage(recorder), '/metrics': foreignProvider() },
      auth: { bearer: 'of-the-test' },
      recorder,
    })
    server = await listen(handler)
    prometheus = await startPrometheus({
      features: ['exemplar-storage', 'native-histograms'],
      scrapes: protocols.flatMap((protocol) =>
        ['custom_metrics', 'metrics'].map((page) => ({
          jobName: `${page} ${protocol}`,
          url: `${server.url}/${page}`,
          interval: '2s',
          auth: { bearer: 'of-the-test' },
          settings: {
            scrape_protocols: [protocol],
            scrape_native_histograms: protocol === 'PrometheusProto',
            always_scrape_classic_histograms: true,
          },
        })),
      ),
    })
    await prometheus.waitForHealthyTargets()
  })
  afterAll(async () => {
    await prometheus?.stop()
    await server?.close()
  })

  it('finds both pages valid in every format it supports', async () => {
    const targets = await prometheus.waitForHealthyTargets()
    expect(targets.map(({ health, lastError }) => `${health}${lastError}`)).toEqual(targets.map(() => 'up'))
    expect(targets).toHaveLength(protocols.length * 2)
  })

  it.each(protocols)('reads the same numbers and labels from %s', async (protocol) => {
    const job = `custom_metrics ${protocol}`
    const orders = await prometheus.waitForQuery(`shop_orders_total{job="${job}"}`)
    const sum = hostileValues.reduce((total, _, i) => total + i + 1, 0)
    expect(orders.reduce((total, each) => total + each.value, 0)).toBe(sum)
    expect(orders.map(({ labels }) => labels.dotted_name)).toEqual(
      expect.arrayContaining(['a="b",c="d"} 1', '🙂 é 漢']),
    )
    const [count] = await prometheus.waitForQuery(`sum(shop_order_duration_seconds_count{job="${job}"})`)
    expect(count?.value).toBe(hostileValues.length)
    const [bucket] = await prometheus.waitForQuery(`sum(shop_order_duration_seconds_bucket{job="${job}",le="1.0"})`)
    expect(bucket?.value).toBe(4)
    const [foreign] = await prometheus.waitForQuery(`http_requests_total{job="metrics ${protocol}"}`)
    expect(foreign?.value).toBe(7)
  })

  it('has every series once in each format', async () => {
    const counts = await prometheus.waitForQuery(
      'count by (job) ({__name__=~"shop_(orders|queue|receipt|temperature).*"})',
    )
    expect(new Set(counts.map(({ value: series }) => series)).size).toBe(1)
    expect(counts).toHaveLength(protocols.length)
  })

  it('reads an exponential histogram as a native one if the format supports it', async () => {
    const [native] = await prometheus.waitForQuery(
      'histogram_count(sum(shop_order_size{job="custom_metrics PrometheusProto"}))',
    )
    expect(native?.value).toBe(hostileValues.length)
    const [sum] = await prometheus.waitForQuery(
      'histogram_sum(sum(shop_order_size{job="custom_metrics PrometheusProto"}))',
    )
    expect(sum?.value).toBe(hostileValues.reduce((total, _, i) => total + i * 7, 0))
  })

  it('keeps the exemplars of the OpenMetrics page', async () => {
    const found = await prometheus.api('/api/v1/query_exemplars', {
      query: 'shop_order_duration_seconds_bucket{job="custom_metrics OpenMetricsText1.0.0"}',
      start: String(Date.now() / 1000 - 3600),
      end: String(Date.now() / 1000 + 60),
    })
    expect(JSON.stringify(found)).toContain('"trace_id":"0af7651916cd43dd8448eb211c80319c"')
  })

  it('sees counters increase from one scrape to the next', async () => {
    recorder.metrics.shop_orders_total.add(1000, { note: 'later', 'dotted.name': 'later' })
    const [later] = await prometheus.waitForQuery(
      'shop_orders_total{note="later",job="custom_metrics OpenMetricsText1.0.0"}',
    )
    expect(later?.value).toBe(1000)
    const scrapes = await prometheus.waitForQuery('quipu_scrapes_total{page="custom_metrics",code="200"}')
    expect(scrapes.every(({ value: total }) => total > 0)).toBe(true)
  })
})
