import diagnostics from 'node:diagnostics_channel'
import http from 'node:http'
import { metrics } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createRecorder } from '@quipu/core'
import { observeHttpClients } from '@quipu/http/node-http'
import { observeModelCalls } from '@quipu/llm'

// What observers cost for requests that are not model calls, in one process: blocks of requests on one connection, with
// each observer in turn, and the messages of such requests published in a loop.
const [url] = process.argv.slice(2)
const recorder = createRecorder()
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
const contrib = new UndiciInstrumentation()
contrib.disable()

const NODE = ['created', 'start', 'error']
  .map((name) => `http.client.request.${name}`)
  .concat('http.client.response.finish')
const UNDICI = ['create', 'bodySent', 'headers', 'trailers', 'error'].map((name) => `undici:request:${name}`)
const nothing = () => undefined

/** Each starts an observer and returns a function that stops it. */
const observers = {
  none: () => nothing,
  /** Subscribers that do nothing: what Node pays to publish. */
  empty() {
    for (const name of [...NODE, ...UNDICI]) diagnostics.subscribe(name, nothing)
    return () => {
      for (const name of [...NODE, ...UNDICI]) diagnostics.unsubscribe(name, nothing)
    }
  },
  models: () => observeModelCalls({ recorder }),
  durations: () => observeHttpClients({ recorder }),
  contrib() {
    contrib.enable()
    return () => contrib.disable()
  },
}

const cpuNs = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) * 1000
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const clients = {
  async fetch() {
    await (await fetch(`${url}/other`, { method: 'POST', body: '{}' })).arrayBuffer()
  },
  http: () =>
    new Promise((resolve, reject) => {
      const sent = http.request(`${url}/other`, { method: 'POST', agent }, (response) =>
        response.on('end', resolve).resume(),
      )
      sent.on('error', reject).end('{}')
    }),
}

async function block(client, observer, requests) {
  const stop = observers[observer]()
  // Code that was compiled for other subscribers is compiled again.
  for (let i = 0; i < 96; i++) await client()
  const before = cpuNs()
  for (let i = 0; i < requests; i++) await client()
  const ns = (cpuNs() - before) / requests
  stop()
  return ns
}

class PublishedRequest {
  constructor(method, path) {
    this.method = method
    this.path = path
    this.origin = 'http://127.0.0.1'
    this.headers = ['accept', '*/*']
    this.completed = false
  }
}
const published = ['POST', 'GET'].flatMap((method) =>
  ['/other', '/api/v2/users/12345/orders?limit=50', '/files/report.pdf'].map(
    (path) => new PublishedRequest(method, path),
  ),
)
const channels = UNDICI.map((name) => diagnostics.channel(name))
const [create, bodySent, headers, trailers] = channels

/** Publishes one request as undici does. */
function publish(request) {
  if (create.hasSubscribers) create.publish({ request })
  if (bodySent.hasSubscribers) bodySent.publish({ request })
  if (headers.hasSubscribers) headers.publish({ request, response: { statusCode: 200, headers: [], statusText: 'OK' } })
  if (trailers.hasSubscribers) trailers.publish({ request, trailers: [] })
}

const COUNT = 100_000
function publishAll(observer) {
  const stop = observers[observer]()
  const before = cpuNs()
  for (let i = 0; i < COUNT; i++) publish(published[i % published.length])
  const ns = (cpuNs() - before) / COUNT
  globalThis.gc()
  const held = process.memoryUsage().heapUsed
  for (let i = 0; i < 20_000; i++) publish(published[i % published.length])
  const bytes = (process.memoryUsage().heapUsed - held) / 20_000
  stop()
  return { ns, bytes }
}

process.on('message', async ([what, observer, requests]) => {
  process.send({ value: what === 'publish' ? publishAll(observer) : await block(clients[what], observer, requests) })
})
process.send('ready')
