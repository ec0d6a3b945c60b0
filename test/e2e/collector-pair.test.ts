import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { join } from 'node:path'
import { createActivityWriter, fileSink } from '@quipu/activity-log'
import { createRecorder } from '@quipu/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import {
  type Collector,
  describeWithServer,
  type Prometheus,
  startCollector,
  startPrometheus,
  validateCollectorConfig,
  waitUntil,
} from '../servers/index.js'
import { createTemporaryDirectory, type TemporaryDirectory } from '../servers/temporary-directory.js'
import { startPusher } from './otlp-pusher.js'
import { toTable, waitForTable } from './queried-samples.js'
import { lifecycle, recordEverything, sum, toSamples } from './recorded-metrics.js'

const AGENT = 'deploy/collector-agent.yaml'
const GATEWAY = 'deploy/collector-gateway.yaml'

/** The parts of a Collector's configuration that these tests read. */
interface CollectorConfig {
  readonly receivers: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly connectors?: unknown
  readonly processors: Readonly<Record<string, unknown>>
  readonly exporters: Readonly<Record<string, { readonly sending_queue?: Readonly<Record<string, unknown>> }>>
}
const read = (path: string): CollectorConfig => parse(readFileSync(path, 'utf8'))

describe('the agent and gateway files', () => {
  const single = read('otel-collector.yaml')
  const agent = read(AGENT)
  const gateway = read(GATEWAY)

  it('treat lines, events and names as otel-collector.yaml does', () => {
    const { resource: _, ...lines } = agent.receivers['file_log/activity'] ?? {}
    const { resource: __, ...singleLines } = single.receivers['file_log/activity'] ?? {}
    expect(lines).toEqual(singleLines)
    expect(agent.connectors).toEqual(single.connectors)
    for (const name of ['redaction/metrics', 'redaction/events', 'filter/events', 'transform/events']) {
      expect(agent.processors[name], name).toEqual(single.processors[name])
    }
    for (const name of ['redaction/metrics', 'redaction/events', 'transform/prometheus_names']) {
      expect(gateway.processors[name], name).toEqual(single.processors[name])
    }
  })

  it.each([
    [AGENT, agent],
    [GATEWAY, gateway],
    ['otel-collector.yaml', single],
  ])('%s keeps everything that it sends on disk', (_, config) => {
    const sending = Object.entries(config.exporters).filter(([name]) => name.startsWith('otlp'))
    expect(sending.length).toBeGreaterThan(0)
    for (const [, exporter] of sending) expect(exporter.sending_queue).toMatchObject({ storage: 'file_storage' })
  })
})

describeWithServer('collector', 'otelcol validate', () => {
  it.each([
    [AGENT, {}],
    [AGENT, { COLLECTOR_HOST: '0.0.0.0', GATEWAY_ENDPOINT: 'dns:///collector-gateway:4317', GATEWAY_INSECURE: 'true' }],
    [GATEWAY, {}],
    [GATEWAY, { COLLECTOR_HOST: '0.0.0.0', LOGS_OUT: 'otlp_http/logs', LOGS_OUT_ENDPOINT: 'https://logs.example.com' }],
  ])('accepts %s with %o', async (path, env) => {
    expect(await validateCollectorConfig(path, env)).toMatchObject({ code: 0, stderr: '' })
  })
})

/** A proxy before a back end that can be closed: then it responds 503, like a store that is not ready. */
interface Gate {
  readonly url: string
  open(): void
  refused(): number
  stop(): Promise<void>
}

async function startGate(target: string): Promise<Gate> {
  let isOpen = false
  let refused = 0
  const server: Server = createServer((incoming, outgoing) => {
    if (!isOpen) {
      refused++
      incoming.resume().on('end', () => outgoing.writeHead(503).end())
      return
    }
    const { method, headers, url } = incoming
    const forwarded = request(`${target}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(forwarded)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    open() {
      isOpen = true
    },
    refused: () => refused,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Waits until the sum of one of a Collector's own metrics has a value. */
async function waitForOwn(collector: Collector, series: string, isGood: (value: number) => boolean): Promise<void> {
  let last: readonly string[] = []
  await waitUntil(
    async () => {
      const page = await (await fetch(collector.endpoints.ownMetrics)).text()
      last = page.split('\n').filter((line) => line.startsWith(series))
      const values = last.map((line) => Number(line.slice(line.lastIndexOf(' '))))
      return (last.length > 0 && isGood(sum(values))) || undefined
    },
    15_000,
    () => `${series} is ${last.join(', ')}`,
  )
}

describeWithServer(['collector', 'prometheus'], 'SDK → agent → gateway → Prometheus', () => {
  let files: TemporaryDirectory
  let prometheus: Prometheus
  let gate: Gate
  let gateway: Collector
  let agent: Collector

  beforeAll(async () => {
    files = createTemporaryDirectory('pair-test')
    prometheus = await startPrometheus({ otlp: true })
    gate = await startGate(prometheus.url)
    gateway = await startCollector({ configFile: GATEWAY, env: { OTLP_OUT_ENDPOINT: `${gate.url}/api/v1/otlp` } })
    agent = await startCollector({
      configFile: AGENT,
      env: {
        ACTIVITY_LOG: join(files.path, 'activity.log'),
        GATEWAY_ENDPOINT: new URL(gateway.endpoints.otlpGrpc).host,
        GATEWAY_INSECURE: 'true',
        HOST_NAME: 'host-one',
      },
    })
  })
  afterAll(async () => {
    await agent?.stop()
    await gateway?.stop()
    await gate?.stop()
    await prometheus?.stop()
    files?.remove()
  })

  it('loses nothing when store, gateway and agent fail one after the other and the application has ended', async () => {
    // The gateway is down. The application's events are in the agent's queue when that is not empty.
    await gateway.kill()
    const logging = createRecorder({ activityLog: true, vocabularies: ['atlas'] })
    const writer = createActivityWriter({ sink: fileSink(join(files.path, 'activity.log')), recorder: logging })
    logging.onActivity(writer)
    for (let i = 0; i < 25; i++) logging.logMetric('tool_call', null, { tool_name: 'calculator' })
    await writer.close()
    await waitForOwn(agent, 'otelcol_exporter_queue_size{data_type="metrics"', (size) => size > 0)
    // The application exports a last time and ends; the agent acknowledges data when it is on disk.
    const { recorder, series } = recordEverything()
    const pusher = startPusher(recorder, `${agent.endpoints.otlpHttp}/v1/metrics`)
    await pusher.push()
    await pusher.stop()

    // The agent crashes; agent and gateway start again; the store is still unreachable.
    await agent.kill()
    await gateway.restart()
    await agent.restart()
    await waitForOwn(agent, 'otelcol_exporter_queue_size', (size) => size === 0)
    await waitUntil(async () => gate.refused() > 0 || undefined, 15_000, gateway.logs)

    // The gateway crashes with all data, and starts again with a reachable store.
    await gateway.kill()
    gate.open()
    await gateway.restart()

    const expected = toTable(toSamples([...series, lifecycle.start, lifecycle.end], 'collector'))
    expect(await waitForTable(prometheus, '{job="securetrack",instance="one"}', expected)).toEqual([])
    expect(
      await waitForTable(prometheus, '{job="securetrack",instance="activity-log@host-one"}', {
        'activity_events_total{event_name="tool_call",tool_name="calculator"}': 25,
      }),
    ).toEqual([])
    expect(await prometheus.query('target_info{host_name="host-one",instance="one"}')).toHaveLength(1)
  }, 60_000)
})
