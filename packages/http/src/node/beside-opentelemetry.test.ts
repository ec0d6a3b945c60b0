import type { IncomingMessage, ServerResponse } from 'node:http'
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
const server = http.createServer(answer)
server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n'))
server.on('checkContinue', (request, response) => {
  response.writeContinue()
  answer(request, response)
})

function answer(request: IncomingMessage, response: ServerResponse): void {
  request.resume()
  const status = Number(/^\/status\/(\d+)/.exec(request.url ?? '')?.[1] ?? 200)
  if (request.url === '/hang') return
  if (request.url === '/break') {
    response.write('x')
    setImmediate(() => response.destroy())
    return
  }
  if (request.url === '/body') {
    request.on('end', () => response.end('ok'))
    return
  }
  if (request.url === '/early') {
    response.writeHead(413, { connection: 'close' }).end('x')
    return
  }
  if (request.url === '/late') {
    response.writeHead(201).write('x')
    response.statusCode = 500
    response.end()
    return
  }
  if (request.url === '/events') response.setHeader('content-type', 'text/event-stream')
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
}
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
const keep = 'Host: localhost\r\n'
const head = `${keep}Connection: close\r\n`

interface Shape {
  readonly sent: string
  /** How many requests it has. Default: 1. */
  readonly requests?: number
  /** Whether the client disconnects when the application has the request. */
  readonly leaves?: boolean
  /** What the instrumentation and Quipu count where they differ: for the first undefined if it counts nothing. */
  readonly differs?: readonly [theirs: string | undefined, ours: string]
}

const get = (path: string, headers = head): Shape => ({ sent: `GET ${path} HTTP/1.1\r\n${headers}\r\n` })
const post = (path: string, headers: string, body = ''): Shape => ({
  sent: `POST ${path} HTTP/1.1\r\n${head}${headers}\r\n\r\n${body}`,
})
const counted = (method: string, status: number, error?: string): string =>
  `${method} ${status === 0 ? undefined : status} undefined http 1.1 ${error}`

const shapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(methods.map((method) => [method, { sent: `${method} /m HTTP/1.1\r\n${head}\r\n` }])),
  ...Object.fromEntries(statuses.map((status) => [`status ${status}`, get(`/status/${status}`)])),
  'HTTP/1.0': { sent: 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n' },
  'HTTP/1.0 that would keep its connection': { sent: 'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n' },
  'a body': post('/', 'Content-Length: 5', 'hello'),
  'a body that is read': post('/body', 'Content-Length: 5', 'hello'),
  'a chunked body': post('/', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n\r\n'),
  'a chunked body with trailers': post('/body', 'Transfer-Encoding: chunked', '1\r\nx\r\n0\r\nChecksum: 1\r\n\r\n'),
  'a body of GET': { sent: `GET / HTTP/1.1\r\n${head}Content-Length: 2\r\n\r\nhi` },
  'a response before the end of the body': post('/early', 'Content-Length: 1000000', 'part'),
  'a chunked response': get('/chunks'),
  'an event stream': get('/events'),
  'two at once': { sent: get('/a', keep).sent + get('/b').sent, requests: 2 },
  'an error between others': { sent: get('/', keep).sent + get('/status/500', keep).sent + get('/').sent, requests: 3 },
  'a query': get('/q?secret=1'),
  'a full URL': get('http://localhost/full'),
  'a path of 7,000 characters': get(`/${'a'.repeat(7000)}`),
  'a path that cannot be decoded': get('/%zz'),
  'a path of two slashes': get('//localhost/a'),
  'another scheme at a proxy': get('/', `${head}X-Forwarded-Proto: https\r\nForwarded: proto=https;host=a\r\n`),
  'a host with a port': get('/', 'Host: [::1]:80\r\nConnection: close\r\n'),
  'the server as a whole': { sent: `OPTIONS * HTTP/1.1\r\n${head}\r\n` },
  'HEAD of a chunked response': { sent: `HEAD /chunks HTTP/1.1\r\n${head}\r\n` },
  'early hints': get('/hints'),
  trailers: get('/trailers'),
  'settings of HTTP/2 without an upgrade': get(
    '/',
    `${keep}Connection: close, HTTP2-Settings\r\nHTTP2-Settings: AA\r\n`,
  ),
  'another protocol': { sent: 'hello\r\n\r\n', requests: 0 },
  // The instrumentation sees the event `request` alone.
  'an expectation': {
    ...post('/body', 'Expect: 100-continue\r\nContent-Length: 2', 'hi'),
    differs: [undefined, counted('POST', 200)],
  },
  'an expectation that nothing meets': {
    ...get('/', `${head}Expect: miracles\r\n`),
    differs: [undefined, counted('GET', 417)],
  },
  'an upgrade': {
    ...get('/', `${keep}Connection: Upgrade\r\nUpgrade: x\r\n`),
    differs: [undefined, counted('GET', 101)],
  },
  'no host': { ...get('/', 'Connection: close\r\n'), differs: [undefined, counted('GET', 400)] },
  // For an aborted response the conventions require `error.type`, and a status only if one was sent.
  'a server that aborts': { ...get('/break'), differs: [counted('GET', 200), counted('GET', 200, 'aborted')] },
  'a client that disconnects': {
    ...get('/hang'),
    leaves: true,
    differs: [counted('GET', 200), counted('GET', 0, 'aborted')],
  },
  'a client that disconnects within its body': {
    ...post('/body', 'Content-Length: 1000000', 'part'),
    leaves: true,
    differs: [counted('POST', 200), counted('POST', 0, 'aborted')],
  },
  // The client received these statuses.
  'a body that cannot be parsed': {
    ...post('/body', 'Transfer-Encoding: chunked', 'secret\r\n'),
    differs: [counted('POST', 200), counted('POST', 400)],
  },
  'a status that is set after the head': {
    ...get('/late'),
    differs: [counted('GET', 500, '500'), counted('GET', 201)],
  },
}

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
  const all = Object.values(shapes)
  for (const { sent, leaves } of all) await raw(sent, leaves)
  const requests = all.reduce((sum, shape) => sum + (shape.requests ?? 1), 0)
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
  for (const { differs } of all) if (differs !== undefined) move(theirs, ...differs)
  expect(Object.fromEntries(ours)).toEqual(Object.fromEntries([...theirs].filter(([, count]) => count !== 0)))
})

/** Counts one request under another key. */
function move(counts: Map<string, number>, from: string | undefined, to: string): void {
  if (from !== undefined) counts.set(from, (counts.get(from) ?? 0) - 1)
  counts.set(to, (counts.get(to) ?? 0) + 1)
}
