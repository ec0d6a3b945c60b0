import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parseMetricLine } from '@quipu/activity-log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { describeWithServer, type PromqlServer } from '../servers/index.js'
import { createPromqlServer } from '../servers/promql.js'
import { waitUntil } from '../servers/wait-until.js'
import { resolveCompose } from './compose/compose-file.js'
import { type ComposeHost, startComposeHost } from './compose/compose-host.js'
import { refusedNamespace } from './compose/namespace.js'
import { startPusher } from './otlp-pusher.js'
import { toTable, waitForTable } from './queried-samples.js'
import { lifecycle, recordEverything, toSamples } from './recorded-metrics.js'

const MAIN = 'examples/securetrack/dist/main.js'
/** Two scrapes at the file's 15 seconds, and Prometheus' own five before the first. */
const SCRAPED_MS = 45_000

// Permissions of the kernel cannot be installed, so a missing one skips these tests even under QUIPU_REQUIRE_REAL=1.
const refused = await refusedNamespace()

// Namespaces replace Docker. Grafana cannot run here, so its health check is the only one that is not run.
const title = 'the services of docker-compose.yml'
if (refused === null) describeWithServer(['compose', 'busybox', 'collector', 'prometheus'], title, services)
else describe.skip(`${title} [skipped: ${refused}]`, services)

function services(): void {
  let host: ComposeHost
  let prometheus: PromqlServer
  const app = () => `http://${host.published('securetrack', 8000)}`

  beforeAll(async () => {
    if (!existsSync(MAIN)) throw new Error(`no ${MAIN}: npm run build`)
    host = await startComposeHost(resolveCompose('docker-compose.yml'))
    await host.up('prometheus')
    prometheus = createPromqlServer(`http://${host.published('prometheus', 9090)}`)
  }, 120_000)
  afterAll(() => host?.stop())

  it.each(['securetrack', 'otel-collector-health', 'prometheus'])(
    '%s is well, by its own health check',
    async (name) => {
      expect(await host.checkHealth(name)).toMatchObject({ code: 0 })
    },
  )

  it('runs each service with exactly the user, files and environment of the compose file', async () => {
    const inside = await host.exec('otel-collector-health', ['wget', '-q', '-O', '/dev/null', 'http://127.0.0.1:13134'])
    expect(inside.code, 'nothing listens there').toBe(1)
    const script =
      'console.log(process.getuid(), Object.keys(process.env).filter((name) => name !== "PATH").sort().join())'
    const { stdout } = await host.exec('securetrack', ['node', '-e', script])
    expect(stdout.trim()).toBe('1000 ACTIVITY_LOG,FEATURE_METRICS_LOGGING_ENABLED,HOST,NODE_ENV')
    const write = ['node', '-e', 'require("fs").writeFileSync("/app/planted", "")']
    expect((await host.exec('securetrack', write)).stderr).toMatch(/EACCES|EROFS/)
  })

  it('lets Grafana reach its data source by its configured address', async () => {
    const file = 'deploy/grafana/provisioning/datasources/prometheus.yml'
    const { datasources } = parse(readFileSync(file, 'utf8'))
    // The file in Grafana's container, read from a container beside Prometheus.
    const get = ['wget', '-q', '-O', '-', `${datasources[0].url}/api/v1/status/buildinfo`]
    const { stdout } = await host.exec('otel-collector-health', get)
    expect(JSON.parse(stdout)).toMatchObject({ data: { version: datasources[0].jsonData.prometheusVersion } })
  })

  it('has every target up, under the documented jobs', async () => {
    await prometheus.waitForQuery('sum(up) == 5', (results) => results.length === 1, SCRAPED_MS)
    const up = (await prometheus.query('up')).map(({ labels }) => `${labels.job} ${labels.instance}`)
    expect(up.sort()).toEqual([
      'otel-collector otel-collector:8888',
      'otel-collector-pages otel-collector:8889',
      'otel-collector-pages otel-collector:8890',
      'securetrack securetrack:8000',
      'securetrack-custom securetrack:8000',
    ])
  }, 60_000)

  it('forwards its published ports: requests to the scraped page, uploads to the log, OTLP to the Collector', async () => {
    for (let i = 0; i < 7; i++) expect((await fetch(`${app()}/nowhere`, { method: 'PUT' })).status).toBe(404)
    const user = JSON.stringify({ user: 'eve@example.com', password: 'of the test' })
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${app()}/register`, { method: 'POST', headers, body: user })).status).toBe(201)
    const login = await fetch(`${app()}/login`, { method: 'POST', headers, body: user })
    const { token } = (await login.json()) as { readonly token: string }
    for (let i = 0; i < 5; i++) {
      const upload = await fetch(`${app()}/workspaces/eve/documents`, {
        method: 'POST',
        headers: { 'content-type': 'application/pdf', authorization: `Bearer ${token}`, 'x-file-name': 'a.pdf' },
        body: 'x'.repeat(100),
      })
      expect(upload.status).toBe(201)
    }
    const { recorder, series } = recordEverything()
    const pusher = startPusher(recorder, `http://${host.published('otel-collector', 4318)}/v1/metrics`)
    await pusher.push()
    await pusher.stop()

    const options = { timeoutMs: SCRAPED_MS }
    const scraped = '{job="securetrack-custom",endpoint="unmatched",method="PUT",__name__="app_requests_total"}'
    const requests = { 'app_requests_total{endpoint="unmatched",method="PUT",status_code="404"}': 7 }
    expect(await waitForTable(prometheus, scraped, requests, options)).toEqual([])
    const uploads = {
      'activity_events_total{content_type="application/pdf",event_name="file_upload"}': 5,
      'activity_file_bytes_total{content_type="application/pdf",event_name="file_upload"}': 500,
    }
    const logged = '{job="securetrack",content_type="application/pdf",event_name="file_upload"}'
    expect(await waitForTable(prometheus, logged, uploads, options)).toEqual([])
    const pushed = toTable(toSamples([...series, lifecycle.start, lifecycle.end], 'collector'))
    expect(await waitForTable(prometheus, '{job="securetrack",instance="one"}', pushed, options)).toEqual([])
  }, 120_000)

  it('has equal counts on the page, in the lines and in the Collector’s metrics of the lines', async () => {
    // The application's own traffic uses 127.0.0.1, and it is scraped by its name: without 127.0.0.1 its numbers stay constant.
    await host.removeLocalhost()
    const models = ['gpt-4', 'text-embedding-3-small']
    const tools = ['calculator', 'file_reader']
    const ofModels = `model=~"${models.join('|')}"`
    const ofTools = `tool_name=~"${tools.join('|')}"`
    const ask = async (label: string, selector: string) => {
      const results = await prometheus.query(`sum by (${label}) (${selector})`)
      return Object.fromEntries(results.map(({ labels, value }) => [labels[label] ?? '', value]))
    }
    const fromPage = async () => ({
      ...(await ask('model', `llm_requests_total{job="securetrack-custom",${ofModels}}`)),
      ...(await ask('tool_name', `aki_tool_usage_total{job="securetrack-custom",${ofTools}}`)),
    })
    const fromCollector = async () => ({
      ...(await ask('model', `activity_events_total{job="securetrack",event_name="llm_call",${ofModels}}`)),
      ...(await ask('tool_name', `activity_events_total{job="securetrack",event_name=~"tool_.*",${ofTools}}`)),
    })
    const fromLines = () => {
      const lines = linesOf(join(host.volume('activity-log'), 'activity.log'))
      const calls = lines.flatMap(({ event, fields }) => (event === 'llm_call' ? (fields.model ?? '') : []))
      const used = lines.flatMap(({ event, fields }) => (event.startsWith('tool_') ? (fields.tool_name ?? '') : []))
      return Object.fromEntries(
        [...models, ...tools].map((name) => [name, [...calls, ...used].filter((one) => one === name).length]),
      )
    }
    let seen: readonly unknown[] = []
    await waitUntil(
      async () => {
        seen = [fromLines(), await fromPage(), await fromCollector()]
        return isDeepStrictEqual(seen[0], seen[1]) && isDeepStrictEqual(seen[0], seen[2]) ? true : undefined
      },
      SCRAPED_MS,
      () => `lines, page and Collector say ${JSON.stringify(seen)}`,
    )
    expect(Object.values(fromLines())).toEqual(Object.values(fromLines()).filter((count) => count > 0))
  }, 60_000)
}

function linesOf(path: string) {
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => parseMetricLine(line) ?? [])
}
