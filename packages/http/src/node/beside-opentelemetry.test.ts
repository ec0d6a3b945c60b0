import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { createRecorder } from '@quipu/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { observeHttpServers } from './observe-http-servers.js'

process.env.OTEL_SEMCONV_STABILITY_OPT_IN = 'http'
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const provider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
})
const instrumentation = new HttpInstrumentation()
instrumentation.setMeterProvider(provider)
// It patches modules that are required after it.
const http = createRequire(import.meta.url)('node:http') as typeof import('node:http')

const recorder = createRecorder()
let stop = (): void => undefined
const server = http.createServer((request, response) => {
  request.resume()
  const status = Number(/^\/status\/(\d+)/.exec(request.url ?? '')?.[1] ?? 200)
  if (request.url === '/hang') return
  if (request.url === '/break') {
    response.write('x')
    setImmediate(() => response.destroy())
    return
  }
  response.statusCode = status
  if (request.url === '/hints') response.writeEarlyHints({ link: '</style.css>; rel=preload' })
  if (request.url === '/trailers') {
    response.writeHead(200, { Trailer: 'Checksum' })
    response.addTrailers({ Checksum: 'abc' })
  }
  if (request.url === '/chunks') {
    response.write('a')
    response.write('b')
  }
  response.end(status === 204 || status === 304 ? undefined : 'ok')
})
let port = 0

beforeAll(async () => {
  stop = observeHttpServers({ recorder })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(async () => {
  stop()
  instrumentation.disable()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await provider.shutdown()
})

/** Sends bytes and resolves to the response when the connection ends, or disconnects after a moment. */
function raw(text: string, leave = false): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => {
      received += data.toString('latin1')
    })
    socket.on('close', () => resolve(received))
    socket.on('error', () => undefined)
    if (leave) server.once('request', () => setImmediate(() => socket.destroy()))
  })
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'PROPFIND', 'PURGE']
const statuses = [200, 201, 204, 301, 304, 400, 401, 403, 404, 418, 429, 500, 502, 503]
const head = 'Host: localhost\r\nConnection: close\r\n'
const shapes: readonly (readonly [string, string, boolean?])[] = [
  ...methods.map((method) => [method, `${method} /m HTTP/1.1\r\n${head}\r\n`] as const),
  ...statuses.map((status) => [String(status), `GET /status/${status} HTTP/1.1\r\n${head}\r\n`] as const),
  ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n'],
  ['a body', `POST / HTTP/1.1\r\n${head}Content-Length: 5\r\n\r\nhello`],
  ['a chunked body', `POST / HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  ['an expectation', `POST / HTTP/1.1\r\n${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nhi`],
  ['a chunked response', `GET /chunks HTTP/1.1\r\n${head}\r\n`],
  ['two at once', `GET /a HTTP/1.1\r\nHost: localhost\r\n\r\nGET /b HTTP/1.1\r\n${head}\r\n`],
  ['a query', `GET /q?secret=1 HTTP/1.1\r\n${head}\r\n`],
  ['a full URL', `GET http://localhost/full HTTP/1.1\r\n${head}\r\n`],
  ['the server as a whole', `OPTIONS * HTTP/1.1\r\n${head}\r\n`],
  ['HEAD of a chunked response', `HEAD /chunks HTTP/1.1\r\n${head}\r\n`],
  ['early hints', `GET /hints HTTP/1.1\r\n${head}\r\n`],
  ['trailers', `GET /trailers HTTP/1.1\r\n${head}\r\n`],
  [
    'an upgrade that is ignored',
    `GET /u HTTP/1.1\r\nHost: localhost\r\nConnection: close, Upgrade\r\nUpgrade: x\r\n\r\n`,
  ],
  ['another protocol', 'hello\r\n\r\n'],
  ['a server that aborts', `GET /break HTTP/1.1\r\n${head}\r\n`],
  ['a client that disconnects', `GET /hang HTTP/1.1\r\n${head}\r\n`, true],
]
/** All attributes that the conventions require or recommend. */
const attributes = [
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'url.scheme',
  'network.protocol.version',
  'error.type',
]

test('counts the same as @opentelemetry/instrumentation-http, with its attributes, for all shapes of requests', async () => {
  for (const [, text, leave] of shapes) await raw(text, leave)
  expect(shapes).toHaveLength(40)
  // One shape sends two requests, and one sends none.
  const requests = shapes.length
  const ours = new Map<string, number>()
  await expect
    .poll(() => {
      ours.clear()
      const reading = recorder.readings().find(({ name }) => name === 'http.server.request.duration')
      for (const cell of reading?.cells() ?? []) {
        const count = Array.from(cell.data.subarray(cell.at + 1, cell.at + 16)).reduce((sum, each) => sum + each, 0)
        const labels = Object.fromEntries(reading?.labelNames.map((name, i) => [name, cell.values[i]]) ?? [])
        const key = attributes.map((name) => String(labels[name])).join(' ')
        ours.set(key, (ours.get(key) ?? 0) + count)
      }
      return [...ours.values()].reduce((sum, each) => sum + each, 0)
    })
    .toBe(requests)
  await provider.forceFlush()
  const theirs = new Map<string, number>()
  const metric = exporter
    .getMetrics()
    .at(-1)
    ?.scopeMetrics.flatMap((scope) => scope.metrics)
    .find(({ descriptor }) => descriptor.name === 'http.server.request.duration')
  for (const point of metric?.dataPoints ?? []) {
    const key = attributes.map((name) => String(point.attributes[name])).join(' ')
    theirs.set(key, (theirs.get(key) ?? 0) + (point.value as { count: number }).count)
  }
  // For an aborted response the conventions require `error.type`, and a status only if one was sent.
  move(theirs, 'GET 200 undefined http 1.1 undefined', 'GET undefined undefined http 1.1 aborted')
  move(theirs, 'GET 200 undefined http 1.1 undefined', 'GET 200 undefined http 1.1 aborted')
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(theirs))
})

/** Counts one request under another key. */
function move(counts: Map<string, number>, from: string, to: string): void {
  counts.set(from, (counts.get(from) ?? 0) - 1)
  counts.set(to, (counts.get(to) ?? 0) + 1)
}
