import { type ChildProcess, execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { catalogPage, createHandler, listen, type PageServer } from '@quipu/prometheus'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer, type Prometheus, promtool, startPrometheus } from '../servers/index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'
import { metricNames } from './metric-names.js'
import { differences, queryTable, toTable, waitForTable } from './queried-samples.js'
import { lifecycle, recordEverything, recordedSeries, toSamples } from './recorded-metrics.js'

const CONFIG = 'deploy/prometheus.yml'

/** The unchanged configuration of the SecureTrack document (S4–S7). */
const DOCUMENTED = `
scrape_configs:
  - job_name: 'securetrack'
    scrape_interval: 15s
    metrics_path: '/metrics'
    static_configs:
      - targets: ['securetrack:8000']
  
  - job_name: 'securetrack-custom'
    scrape_interval: 15s
    metrics_path: '/custom_metrics'
    static_configs:
      - targets: ['securetrack:8000']
`

function jobsOf(text: string): unknown {
  const config: { readonly scrape_configs: unknown } = parse(text)
  return config.scrape_configs
}

describe('deploy/prometheus.yml', () => {
  it('has the two jobs of the document, and no other', () => {
    expect(jobsOf(readFileSync(CONFIG, 'utf8'))).toEqual(jobsOf(DOCUMENTED))
  })
})

describeWithServer('promtool', 'promtool check config', () => {
  it('accepts deploy/prometheus.yml with the files it names', async () => {
    const { code, stdout, stderr } = await promtool(['check', 'config', CONFIG])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('SUCCESS')
  })

  it('reads those files: a job with the name of a documented one is refused', async () => {
    const files = createTemporaryDirectory('promtool-test')
    try {
      mkdirSync(join(files.path, 'scrape'))
      writeFileSync(join(files.path, 'prometheus.yml'), readFileSync(CONFIG))
      writeFileSync(join(files.path, 'scrape', 'twice.yml'), DOCUMENTED)
      const { code, stderr } = await promtool(['check', 'config', join(files.path, 'prometheus.yml')])
      expect(code).not.toBe(0)
      expect(stderr).toContain('multiple scrape configs with job name "securetrack"')
    } finally {
      files.remove()
    }
  })
})

describeWithServer('prometheus', 'the documented jobs, on an application of its own', () => {
  // The application itself records the metrics of the page /metrics.
  const series = recordedSeries().filter(({ metric }) => metricNames[metric]?.path !== '/metrics')
  let files: TemporaryDirectory
  let app: ChildProcess
  let prometheus: Prometheus
  let appUrl: string

  beforeAll(async () => {
    files = createTemporaryDirectory('scrape-test')
    // The application uses the built packages, like a user's.
    const root = fileURLToPath(new URL('../..', import.meta.url))
    execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'packages/sdk'], { cwd: root })
    app = fork(fileURLToPath(new URL('app/app.mjs', import.meta.url)), {
      execArgv: [],
      env: { PATH: process.env.PATH },
    })
    const { port }: { readonly port: number } = (await once(app, 'message'))[0]
    appUrl = `http://127.0.0.1:${port}`
    // The unchanged file, except for targets and intervals.
    const config = readFileSync(CONFIG, 'utf8').replaceAll('securetrack:8000', `127.0.0.1:${port}`)
    const configFile = join(files.path, 'prometheus.yml')
    writeFileSync(configFile, config.replaceAll('15s', '250ms'))
    prometheus = await startPrometheus({ configFile })
    for (const { metric, labels, values } of series) {
      app.send({ metric, labels, values })
      await once(app, 'message')
    }
  }, 120_000)
  afterAll(async () => {
    await prometheus?.stop()
    if (app?.connected) {
      app.disconnect()
      await once(app, 'exit')
    }
    files?.remove()
  })

  it('are both up', async () => {
    const targets = await prometheus.waitForHealthyTargets()
    expect(targets.map(({ job, scrapeUrl }) => [job, new URL(scrapeUrl).pathname]).sort()).toEqual([
      ['securetrack', '/metrics'],
      ['securetrack-custom', '/custom_metrics'],
    ])
  })

  it('return every documented metric of /custom_metrics with its value and exactly its labels', async () => {
    const expected = toTable(toSamples([...series, lifecycle.start], 'page'))
    expect(await waitForTable(prometheus, '{job="securetrack-custom"}', expected)).toEqual([])
    expect(Object.keys(expected).length).toBeGreaterThan(800)
    // Prometheus 3 changes the spelling of a scraped bound: a query must not depend on it.
    const bounds = await prometheus.query('count by (le) (user_action_duration_seconds_bucket)')
    const spelled = bounds.map(({ labels }) => labels.le).sort()
    expect(spelled).toEqual(['+Inf', '0.1', '0.5', '1.0', '10.0', '2.0', '30.0', '5.0'])
  })

  it('return the standard metrics of /metrics: requests of the application, without those for its pages', async () => {
    for (let i = 0; i < 7; i++) await (await fetch(`${appUrl}/work`)).text()
    await (await fetch(`${appUrl}/nothing-here`)).text()
    const counts = await prometheus.waitForQuery(
      'sum by (http_response_status_code) (http_server_request_duration_seconds_count{job="securetrack"})',
      (results) => results.reduce((total, { value }) => total + value, 0) === 8,
    )
    expect(counts.map(({ labels, value }) => [labels.http_response_status_code, value]).sort()).toEqual([
      ['200', 7],
      ['404', 1],
    ])
    const instrumented = await prometheus.query('http_requests_total{job="securetrack"}')
    expect(
      instrumented.map(({ labels: { handler, method, status }, value }) => [handler, method, status, value]),
    ).toEqual(
      expect.arrayContaining([
        ['none', 'GET', '2xx', 7],
        ['none', 'GET', '4xx', 1],
      ]),
    )
    expect(instrumented).toHaveLength(2)
  })

  it('share no metric: with both, nothing is counted twice (T12)', async () => {
    const added = /^(?:up|scrape_.*)$/
    const namesOf = async (job: string) => {
      const results = await prometheus.query(`group by (__name__) ({job="${job}"})`)
      return results.flatMap(({ labels: { __name__: name = '' } }) => (added.test(name) ? [] : [name]))
    }
    const standard = new Set(await namesOf('securetrack'))
    expect(standard.size).toBeGreaterThan(5)
    expect((await namesOf('securetrack-custom')).filter((name) => standard.has(name))).toEqual([])
  })

  it('show changes with the next scrape', async () => {
    const before = await queryTable(prometheus, 'user_logins_total')
    app.send({ metric: 'user_logins_total', labels: {}, values: [5] })
    await once(app, 'message')
    const expected = { 'user_logins_total{}': (before['user_logins_total{}'] ?? 0) + 5 }
    expect(differences(before, expected)).toHaveLength(1)
    expect(await waitForTable(prometheus, 'user_logins_total', expected)).toEqual([])
  })
})

describeWithServer('prometheus', 'the two pages of a recorder', () => {
  const { recorder, series } = recordEverything()
  let server: PageServer
  let prometheus: Prometheus
  beforeAll(async () => {
    const pages = { '/metrics': catalogPage(recorder, 'standard'), '/custom_metrics': catalogPage(recorder) }
    server = await listen(createHandler({ pages }), { port: 0 })
    prometheus = await startPrometheus({
      scrapes: Object.keys(pages).map((path) => ({ jobName: path, url: server.url + path, interval: '500ms' })),
    })
  })
  afterAll(async () => {
    await prometheus?.stop()
    await server?.close()
  })

  it.each([
    ['/metrics', 'standard-page', 200],
    ['/custom_metrics', 'page', 800],
  ] as const)('bring every metric of %s, with its value and exactly its labels', async (job, way, least) => {
    const expected = toTable(toSamples(series, way))
    expect(await waitForTable(prometheus, `{job="${job}"}`, expected)).toEqual([])
    expect(Object.keys(expected).length).toBeGreaterThan(least)
  })
})
