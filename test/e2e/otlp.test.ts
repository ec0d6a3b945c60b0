import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  describeWithServer,
  type Prometheus,
  startPrometheus,
  startVictoriaMetrics,
  type VictoriaMetrics,
} from '../servers/index.js'
import { metricNames } from './metric-names.js'
import { createPusher } from './otlp-pusher.js'
import { differences, queryTable, toTable } from './queried-samples.js'
import { recordEverything, recordedNames, toSamples } from './recorded-metrics.js'

it('has a name for every metric of the catalogue', () => {
  expect(Object.keys(metricNames).sort()).toEqual([...recordedNames].sort())
})

describeWithServer('prometheus', 'OTLP straight into Prometheus 3', () => {
  let prometheus: Prometheus
  const everything = recordEverything()
  beforeAll(async () => {
    prometheus = await startPrometheus({ otlp: true })
    const pusher = createPusher(everything.recorder, prometheus.otlpUrl, {
      resource: { 'service.version': '1.2.0' },
    })
    await pusher.push()
    await pusher.stop()
  })
  afterAll(() => prometheus?.stop())

  it('gives every documented metric back, with its value, its name and exactly its labels', async () => {
    const expected = toTable(toSamples(everything.series, 'otlp'))
    expect(differences(await queryTable(prometheus, '{job="securetrack"}'), expected)).toEqual([])
    expect(Object.keys(expected).length).toBeGreaterThan(800)
  })

  it('makes job and instance of the service, and keeps the rest of the resource apart', async () => {
    expect(await prometheus.query('user_logins_total')).toMatchObject([
      { labels: { __name__: 'user_logins_total', job: 'securetrack', instance: 'one' } },
    ])
    expect(await prometheus.query('target_info')).toMatchObject([{ labels: { service_version: '1.2.0' }, value: 1 }])
  })

  it('has two metrics in user_action_total, since it knows no prefix for Aki (T1)', async () => {
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
  const servers: VictoriaMetrics[] = []
  const startWithEverything = async (flags: readonly string[]) => {
    const server = await startVictoriaMetrics({ flags })
    servers.push(server)
    const pusher = createPusher(everything.recorder, server.otlpUrl)
    await pusher.push()
    await pusher.stop()
    return server
  }
  afterAll(() => Promise.all(servers.map((server) => server.stop())))

  it('gives every documented metric back under its Prometheus name, with -opentelemetry.usePrometheusNaming', async () => {
    const server = await startWithEverything(['-opentelemetry.usePrometheusNaming'])
    const expected = toTable(toSamples(everything.series, 'otlp'))
    const resource = ['service_name', 'service_instance_id']
    const actual = await queryTable(server, '{service_name="securetrack"}', { without: resource })
    expect(differences(actual, expected)).toEqual([])
  })

  it('gives every documented metric back under its OTLP name, without that flag', async () => {
    const server = await startWithEverything([])
    const expected = toTable(toSamples(everything.series, 'otlp-names'))
    const resource = ['service.name', 'service.instance.id']
    const actual = await queryTable(server, '{"service.name"="securetrack"}', { without: resource })
    expect(differences(actual, expected)).toEqual([])
  })
})
