import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  describeWithServer,
  type Prometheus,
  startCollector,
  startPrometheus,
  startVictoriaMetrics,
  type VictoriaMetrics,
} from './index.js'
import { otlpCounter, postOtlp } from './otlp-body.js'
import { isAlive } from './process-state.js'

describeWithServer('victoriametrics', 'startVictoriaMetrics', () => {
  let victoria: VictoriaMetrics
  beforeAll(async () => {
    victoria = await startVictoriaMetrics()
  })
  afterAll(() => victoria?.stop())

  it('returns data that it has just accepted', async () => {
    const body = 'llm_requests_total{model="gpt-5"} 3\n'
    expect((await fetch(`${victoria.url}/api/v1/import/prometheus`, { method: 'POST', body })).status).toBe(204)
    expect(await victoria.query('llm_requests_total')).toMatchObject([{ labels: { model: 'gpt-5' }, value: 3 }])
    await expect(victoria.query('sum(')).rejects.toThrow(/422/)
  })

  it('refuses OTLP as JSON, as its documentation says', async () => {
    expect(await postOtlp(victoria.otlpUrl, otlpCounter('a', 1))).toBe(400)
  })

  it('ends at stop', async () => {
    const other = await startVictoriaMetrics({ flags: ['-opentelemetry.usePrometheusNaming'] })
    expect(isAlive(other.pid)).toBe(true)
    await other.stop()
    expect(isAlive(other.pid)).toBe(false)
  })

  it('reports why it did not start', async () => {
    await expect(startVictoriaMetrics({ flags: ['-no-such-flag'] })).rejects.toThrow(/no-such-flag/)
  })
})

describeWithServer(['collector', 'victoriametrics', 'prometheus'], 'OTLP through a Collector', () => {
  let victoria: VictoriaMetrics
  let prometheus: Prometheus
  beforeAll(async () => {
    victoria = await startVictoriaMetrics()
    prometheus = await startPrometheus({ otlp: true })
  })
  afterAll(async () => {
    await victoria?.stop()
    await prometheus?.stop()
  })

  it('reaches both databases with the same value', async () => {
    const exporters = {
      'otlphttp/victoria': { metrics_endpoint: victoria.otlpUrl },
      'otlphttp/prometheus': { metrics_endpoint: prometheus.otlpUrl },
    }
    const metrics = { receivers: ['otlp'], exporters: Object.keys(exporters) }
    const config = { receivers: { otlp: { protocols: { http: {} } } }, exporters, service: { pipelines: { metrics } } }
    const collector = await startCollector({ config })
    try {
      const body = otlpCounter('llm.requests', 11, { model: 'gpt-5' })
      expect(await postOtlp(`${collector.endpoints.otlpHttp}/v1/metrics`, body)).toBe(200)
      const expected = [{ labels: { model: 'gpt-5' }, value: 11 }]
      expect(await prometheus.waitForQuery('llm_requests_total')).toMatchObject(expected)
      expect(await victoria.waitForQuery('{__name__="llm.requests"}')).toMatchObject(expected)
    } finally {
      await collector.stop()
    }
  })
})
