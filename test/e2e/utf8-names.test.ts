import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { catalogPage, createHandler, otelPage, type PageNames } from '@quipu/prometheus'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithServer, type Prometheus, startPrometheus } from '../servers/index.js'

class PageReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** An application with a documented metric, one of its own with dots, one of GenAI, and an instrument of OpenTelemetry. */
async function startApplication(names: PageNames): Promise<{ readonly server: Server; readonly host: string }> {
  const catalog = defineMetrics({
    'shop.orders': { kind: 'counter', help: 'Orders', labels: { 'shop.country': 'name' } },
  })
  const recorder = createRecorder({ catalog })
  recorder.metrics.user_logins_total.add(3)
  recorder.metrics['shop.orders'].add(2, { 'shop.country': 'FR' })
  const reader = new PageReader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('http')
  meter
    .createHistogram('http.server.request.duration', { unit: 's' })
    .record(0.25, { 'http.request.method': 'GET', 'http.response.status_code': 200 })
  const handler = createHandler({
    pages: {
      '/custom_metrics': catalogPage(recorder),
      '/metrics': otelPage((options) => reader.collect(options), { exclude: recorder }),
    },
    names,
  })
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`no TCP port but ${address}`)
  return { server, host: `http://127.0.0.1:${address.port}` }
}

describeWithServer('prometheus', 'Prometheus 3', () => {
  const servers: Server[] = []
  let prometheus: Prometheus
  beforeAll(async () => {
    const [utf8, escaped] = await Promise.all([startApplication('utf-8'), startApplication('escaped')])
    servers.push(utf8.server, escaped.server)
    const jobs = (name: string, host: string, settings: Readonly<Record<string, unknown>> = {}) =>
      ['/custom_metrics', '/metrics'].map((path) => ({
        jobName: `${name}${path}`,
        url: host + path,
        interval: '500ms',
        settings: { ...settings, relabel_configs: [{ target_label: 'asked', replacement: name }] },
      }))
    const legacy = (scheme: string) => ({
      metric_name_validation_scheme: 'legacy',
      metric_name_escaping_scheme: scheme,
    })
    prometheus = await startPrometheus({
      scrapes: [
        ...jobs('default', utf8.host),
        ...jobs('protobuf', utf8.host, { scrape_protocols: ['PrometheusProto', 'OpenMetricsText1.0.0'] }),
        ...jobs('text', utf8.host, { scrape_protocols: ['PrometheusText1.0.0'] }),
        ...jobs('underscores', utf8.host, legacy('underscores')),
        ...jobs('dots', utf8.host, legacy('dots')),
        ...jobs('values', utf8.host, legacy('values')),
        ...jobs('escaped', escaped.host),
      ],
    })
    await prometheus.waitForHealthyTargets()
  }, 60_000)
  afterAll(async () => {
    await prometheus?.stop()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })

  const valuesOf = async (asked: string, name: string) =>
    (await prometheus.query(`{${JSON.stringify(name)}, asked="${asked}"}`)).map(({ labels, value }) => ({
      labels,
      value,
    }))

  it.each(['default', 'protobuf', 'text'])('gets names with dots as they are (%s)', async (asked) => {
    expect(await valuesOf(asked, 'http.server.request.duration_seconds_count')).toEqual([
      {
        labels: expect.objectContaining({ 'http.request.method': 'GET', 'http.response.status_code': '200' }),
        value: 1,
      },
    ])
    expect(await valuesOf(asked, 'shop.orders_total')).toEqual([
      { labels: expect.objectContaining({ 'shop.country': 'FR' }), value: 2 },
    ])
    // What is documented keeps its name.
    expect((await valuesOf(asked, 'user_logins_total'))[0]?.value).toBe(3)
    expect(await valuesOf(asked, 'http_server_request_duration_seconds_count')).toEqual([])
  })

  it.each([
    ['underscores', 'http_server_request_duration_seconds_count', 'http_request_method', 'user_logins_total'],
    [
      'dots',
      'http_dot_server_dot_request_dot_duration__seconds_count',
      'http_dot_request_dot_method',
      'user__logins__total',
    ],
    [
      'values',
      'U__http_2e_server_2e_request_2e_duration__seconds_count',
      'U__http_2e_request_2e_method',
      'user_logins_total',
    ],
  ])('gets the scheme it is told to ask for: %s', async (asked, name, label, logins) => {
    expect(await valuesOf(asked, name)).toEqual([{ labels: expect.objectContaining({ [label]: 'GET' }), value: 1 }])
    expect((await valuesOf(asked, logins))[0]?.value).toBe(3)
  })

  it('gets the documented names from a handler that was not told otherwise', async () => {
    expect(await valuesOf('escaped', 'http_server_request_duration_seconds_count')).toEqual([
      { labels: expect.objectContaining({ http_request_method: 'GET' }), value: 1 },
    ])
    expect((await valuesOf('escaped', 'user_logins_total'))[0]?.value).toBe(3)
    expect(await valuesOf('escaped', 'http.server.request.duration_seconds_count')).toEqual([])
  })
})
