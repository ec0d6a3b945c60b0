import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithServer, type Prometheus, startPrometheus } from './index.js'
import { otlpCounter, postOtlp } from './otlp-body.js'
import { type PageServer, startPageServer } from './page-server.js'
import { isAlive } from './process-state.js'
import { createTemporaryDirectory, type TemporaryDirectory } from './temporary-directory.js'
import { GOOD_OPENMETRICS } from './test-pages.js'

let files: TemporaryDirectory
beforeAll(() => {
  files = createTemporaryDirectory('prometheus-test')
})
afterAll(() => files?.remove())

function writeFile(name: string, content: string): string {
  const path = join(files.path, name)
  writeFileSync(path, content)
  return path
}

describeWithServer('prometheus', 'startPrometheus', () => {
  let page: PageServer
  let prometheus: Prometheus
  beforeAll(async () => {
    page = await startPageServer(GOOD_OPENMETRICS)
    const rule = { record: 'llm:doubled', expr: 'llm_requests_total * 2' }
    prometheus = await startPrometheus({
      scrapes: [
        { jobName: 'with-token', url: page.url, auth: { bearer: 'of-the-test' }, headers: { 'X-Test': 'yes' } },
        { jobName: 'with-password', targets: [new URL(page.url).host], auth: { username: 'u', password: 'p' } },
      ],
      rules: [writeFile('rules.json', JSON.stringify({ groups: [{ name: 'g', rules: [rule] }] }))],
      features: ['exemplar-storage'],
      otlp: true,
    })
    await prometheus.waitForHealthyTargets()
  })
  afterAll(async () => {
    await prometheus?.stop()
    await page?.stop()
  })

  it('scrapes each job with its headers and its credentials', async () => {
    expect((await prometheus.targets()).map((target) => target.job).sort()).toEqual(['with-password', 'with-token'])
    expect(page.requests).toContainEqual(
      expect.objectContaining({ authorization: 'Bearer of-the-test', 'x-test': 'yes' }),
    )
    expect(page.requests).toContainEqual(expect.objectContaining({ authorization: `Basic ${btoa('u:p')}` }))
  })

  it('answers queries: vectors, scalars, ranges and special values', async () => {
    expect(await prometheus.query('sum by (model) (llm_requests_total)')).toMatchObject([
      { labels: { model: 'gpt-5' }, value: 6 },
    ])
    expect(await prometheus.query('1 / 0')).toMatchObject([{ labels: {}, value: Number.POSITIVE_INFINITY }])
    expect((await prometheus.query('up{job="with-token"}[1m]'))[0]?.values[0]).toEqual([expect.any(Number), 1])
    expect(await prometheus.query('no_such_metric')).toEqual([])
    await expect(prometheus.query('sum(')).rejects.toThrow(/parse error/)
  })

  it('evaluates rules and keeps exemplars', async () => {
    expect((await prometheus.waitForQuery('llm:doubled{job="with-token"}'))[0]?.value).toBe(6)
    const window = { start: '1600000000', end: String(Date.now() / 1000) }
    const exemplars = await prometheus.api('/api/v1/query_exemplars', { query: 'llm_requests_total', ...window })
    expect(JSON.stringify(exemplars)).toContain('"trace_id":"abc"')
  })

  it('receives OTLP', async () => {
    expect(await postOtlp(prometheus.otlpUrl, otlpCounter('llm.pushed', 7, { model: 'gpt-5' }))).toBe(200)
    expect(await prometheus.waitForQuery('llm_pushed_total')).toMatchObject([{ labels: { model: 'gpt-5' }, value: 7 }])
  })

  it('receives OTLP only if configured, runs an unchanged configuration file, and ends at stop', async () => {
    const configFile = writeFile('own.yaml', 'global: { external_labels: { site: here } }\n')
    const other = await startPrometheus({ configFile })
    expect(JSON.stringify(await other.api('/api/v1/status/config'))).toContain('site: here')
    expect(await postOtlp(other.otlpUrl, otlpCounter('a', 1))).toBe(404)
    expect([await other.ready(), isAlive(other.pid)]).toEqual([true, true])
    await other.stop()
    expect([await other.ready(), isAlive(other.pid)]).toEqual([false, false])
  })

  it('reports why it did not start', async () => {
    const configFile = writeFile('bad.yaml', 'scrapes: []\n')
    await expect(startPrometheus({ configFile })).rejects.toThrow(/field scrapes not found/)
    await expect(startPrometheus({ configFile, otlp: true, scrapes: [] })).rejects.toThrow(
      /scrapes would have no effect/,
    )
  })
})
