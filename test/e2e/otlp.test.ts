import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  describeWithServer,
  type Prometheus,
  startPrometheus,
  startVictoriaMetrics,
  type VictoriaMetrics,
} from '../servers/index.js'
import { metricNames } from './metric-names.js'
import { startPusher } from './otlp-pusher.js'
import { differences, queryTable, toTable } from './queried-samples.js'
import { lifecycle, recordEverything, recordedNames, toSamples } from './recorded-metrics.js'

it('has a name for every metric of the catalogue', () => {
  expect(Object.keys(metricNames).sort()).toEqual([...recordedNames].sort())
})

describeWithServer('prometheus', 'OTLP straight into Prometheus 3', () => {
  let prometheus: Prometheus
  const everything = recordEverything()
  beforeAll(async () => {
    prometheus = await startPrometheus({ otlp: true })
    const pusher = startPusher(everything.recorder, prometheus.otlpUrl, {
      resource: { 'service.version': '1.2.0' },
    })
    await pusher.push()
    await pusher.stop()
  })
  afterAll(() => prometheus?.stop())

  it('returns every documented metric with its value, its name and exactly its labels', async () => {
    const expected = toTable(toSamples([...everything.series, lifecycle.start, lifecycle.end], 'otlp'))
    expect(differences(await queryTable(prometheus, '{job="securetrack"}'), expected)).toEqual([])
    expect(Object.keys(expected).length).toBeGreaterThan(800)
  })

  it('derives job and instance from the service, and keeps the rest of the resource separate', async () => {
    expect(await prometheus.query('user_logins_total')).toMatchObject([
      { labels: { __name__: 'user_logins_total', job: 'securetrack', instance: 'one' } },
    ])
    expect(await prometheus.query('target_info')).toMatchObject([{ labels: { service_version: '1.2.0' }, value: 1 }])
  })

  it('keeps the sent spelling of bucket bounds, unlike a scrape', async () => {
    const bounds = await prometheus.query('count by (le) (user_action_duration_seconds_bucket)')
    expect(bounds.map(({ labels }) => labels.le).sort()).toEqual(['+Inf', '0.1', '0.5', '1', '10', '2', '30', '5'])
  })

  it('has two metrics in user_action_total, because it adds no prefix for Aki (T1)', async () => {
    const bySystem = await prometheus.query('count by (profile_name) (user_action_total)')
    expect(bySystem.map(({ labels, value }) => [labels.profile_name ?? 'SecureTrack', value])).toEqual(
      expect.arrayContaining([
        ['SecureTrack', 2],
        ['Aki - Ask me anything', 1],
      ]),
    )
  })
})

describeWithServer('victoriametrics', 'OTLP straight into VictoriaMetrics', () => {
  const everything = recordEverything()
  // VictoriaMetrics converts every resource attribute to a label.
  const without = /^(?:service|telemetry|process)[._]/
  const servers: VictoriaMetrics[] = []
  const start = async (flags: readonly string[]) => {
    const server = await startVictoriaMetrics({ flags })
    servers.push(server)
    return server
  }
  afterAll(() => Promise.all(servers.map((server) => server.stop())))

  it('returns every documented metric under its Prometheus name, with -opentelemetry.usePrometheusNaming', async () => {
    const server = await start(['-opentelemetry.usePrometheusNaming'])
    const pusher = startPusher(everything.recorder, server.otlpUrl)
    await pusher.stop()
    const expected = toTable(toSamples([...everything.series, lifecycle.start, lifecycle.end], 'otlp'))
    expect(differences(await queryTable(server, '{service_name="securetrack"}', { without }), expected)).toEqual([])
    const bounds = await server.query('count by (le) (user_action_duration_seconds_bucket)')
    expect(bounds.map(({ labels }) => labels.le).sort()).toEqual(['+Inf', '0.1', '0.5', '1', '10', '2', '30', '5'])
    expect(await server.query('target_info')).toEqual([])
  })

  it("gives every documented metric back under its OTLP name, without that flag, also from an application's own SDK", async () => {
    const server = await start([])
    const { recorder, series } = recordEverything()
    const provider = new MeterProvider({
      resource: resourceFromAttributes({ 'service.name': 'securetrack' }),
      readers: [
        new PeriodicExportingMetricReader({
          exporter: new OTLPMetricExporter({ url: server.otlpUrl }),
          metricProducers: [recorder.producer()],
        }),
      ],
    })
    await provider.shutdown()
    const expected = toTable(toSamples(series, 'otlp-names'))
    expect(differences(await queryTable(server, '{"service.name"="securetrack"}', { without }), expected)).toEqual([])
  })
})
