import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { defineMetrics } from '@quipu/catalog'
import { createRecorder } from '@quipu/core'
import { catalogPage, createHandler, createPage, otelPage, type PageNames } from '@quipu/prometheus'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithServer, type Prometheus, startPrometheus } from '../servers/index.js'

class PageReader extends MetricReader {
  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}

/** An application with a documented metric, its own metric with dots, a standard one, and an OpenTelemetry instrument. */
async function startApplication(names: PageNames): Promise<{ readonly server: Server; readonly host: string }> {
  const catalog = defineMetrics({
    'shop.orders': { kind: 'counter', help: 'Orders', labels: { 'shop.country': 'name' } },
  })
  const recorder = createRecorder({ catalog })
  recorder.metrics.user_logins_total.add(3)
  recorder.metrics['shop.orders'].add(2, { 'shop.country': 'FR' })
  recorder.metrics['http.server.request.duration'].record(0.25, {
    'http.request.method': 'GET',
    'http.response.status_code': '200',
    'url.scheme': 'http',
  })
  const reader = new PageReader()
  const meter = new MeterProvider({ readers: [reader] }).getMeter('db')
  meter
    .createHistogram('db.client.operation.duration', { unit: 's' })
    .record(0.5, { 'db.system.name': 'postgresql', 'db.response.rows': 7 })
  const handler = createHandler({
    pages: {
      '/custom_metrics': catalogPage(recorder),
      '/metrics': createPage([
        catalogPage(recorder, 'standard'),
        otelPage((options) => reader.collect(options), { exclude: recorder }),
      ]),
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

  it.each(['default', 'protobuf', 'text'])('gets unchanged names with dots (%s)', async (asked) => {
    expect(await valuesOf(asked, 'http.server.request.duration_seconds_count')).toEqual([
      {
        labels: expect.objectContaining({ 'http.request.method': 'GET', 'http.response.status_code': '200' }),
        value: 1,
      },
    ])
    expect(await valuesOf(asked, 'db.client.operation.duration_seconds_sum')).toEqual([
      {
        labels: expect.objectContaining({ 'db.system.name': 'postgresql', 'db.response.rows': '7' }),
        value: 0.5,
      },
    ])
    expect(await valuesOf(asked, 'shop.orders_total')).toEqual([
      { labels: expect.objectContaining({ 'shop.country': 'FR' }), value: 2 },
    ])
    // Documented names do not change.
    expect((await valuesOf(asked, 'user_logins_total'))[0]?.value).toBe(3)
    expect(await valuesOf(asked, 'http_server_request_duration_seconds_count')).toEqual([])
  })

  it.each([
    {
      asked: 'underscores',
      standard: 'http_server_request_duration_seconds_count',
      method: 'http_request_method',
      instrument: 'db_client_operation_duration_seconds_count',
      system: 'db_system_name',
      logins: 'user_logins_total',
    },
    {
      asked: 'dots',
      standard: 'http_dot_server_dot_request_dot_duration__seconds_count',
      method: 'http_dot_request_dot_method',
      instrument: 'db_dot_client_dot_operation_dot_duration__seconds_count',
      system: 'db_dot_system_dot_name',
      logins: 'user__logins__total',
    },
    {
      asked: 'values',
      standard: 'U__http_2e_server_2e_request_2e_duration__seconds_count',
      method: 'U__http_2e_request_2e_method',
      instrument: 'U__db_2e_client_2e_operation_2e_duration__seconds_count',
      system: 'U__db_2e_system_2e_name',
      logins: 'user_logins_total',
    },
  ])('gets the scheme it asks for: $asked', async ({ asked, standard, method, instrument, system, logins }) => {
    expect(await valuesOf(asked, standard)).toEqual([
      { labels: expect.objectContaining({ [method]: 'GET' }), value: 1 },
    ])
    expect(await valuesOf(asked, instrument)).toEqual([
      { labels: expect.objectContaining({ [system]: 'postgresql' }), value: 1 },
    ])
    expect((await valuesOf(asked, logins))[0]?.value).toBe(3)
  })

  it("gets the documented names from a handler with names: 'escaped'", async () => {
    expect(await valuesOf('escaped', 'http_server_request_duration_seconds_count')).toEqual([
      { labels: expect.objectContaining({ http_request_method: 'GET' }), value: 1 },
    ])
    expect(await valuesOf('escaped', 'db_client_operation_duration_seconds_count')).toEqual([
      { labels: expect.objectContaining({ db_system_name: 'postgresql' }), value: 1 },
    ])
    expect((await valuesOf('escaped', 'user_logins_total'))[0]?.value).toBe(3)
    expect(await valuesOf('escaped', 'http.server.request.duration_seconds_count')).toEqual([])
  })
})
