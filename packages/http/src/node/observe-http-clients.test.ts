import http from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { observeHttpClients } from './observe-http-clients.js'

const server = http.createServer((request, response) => {
  const status = Number(/^\/status\/(\d+)/.exec(request.url ?? '')?.[1] ?? 200)
  if (request.url?.startsWith('/drop') === true) return void request.socket.destroy()
  if (request.url?.startsWith('/hang') === true) return
  response.statusCode = status
  if (request.url?.startsWith('/break') !== true) return void response.end('answer')
  response.writeHead(200, { 'content-length': '100' })
  response.write('x', () => request.socket.destroy())
})
let base = ''
let port = ''
let recorder: Recorder
let stop = (): void => undefined

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = String((server.address() as AddressInfo).port)
  base = `http://127.0.0.1:${port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  recorder = createRecorder()
  stop = observeHttpClients({ recorder })
})
afterEach(() => stop())

/** Number of requests by their attributes, with a word for the server's own port. */
function counts(): Record<string, number> {
  const reading = recorder.readings().find(({ name }) => name === 'http.client.request.duration')
  return Object.fromEntries(
    reading?.cells().map(({ values, data, at }) => {
      const text = values.map((value) => (value === port ? 'PORT' : String(value ?? '-') || '-')).join(' ')
      return [text, data.subarray(at + 1, at + 2 + reading.bounds.length).reduce((sum, one) => sum + one, 0)]
    }) ?? [],
  )
}

function byNode(path: string, options: http.RequestOptions = {}, address = base): Promise<void> {
  return new Promise((resolve) => {
    const request = http.request(address + path, options, (response) => response.resume().once('close', resolve))
    request.once('error', () => resolve()).end()
  })
}

async function byFetch(path: string, init: { readonly method?: string } = {}): Promise<void> {
  await fetch(base + path, init).then(
    (response) => response.text().catch(() => undefined),
    () => undefined,
  )
}

test.each([
  ['node:http', byNode, '1.1'],
  ['fetch', byFetch, '-'],
])(
  '%s: requests are recorded once, by method, status and server, never by their path',
  async (_name, send, version) => {
    await send('/users/secret-1?token=secret-2')
    await send('/users/secret-3')
    await send('/status/404', { method: 'POST' })
    await send('/status/503', { method: 'DELETE' })
    await expect.poll(counts).toEqual({
      [`GET 200 127.0.0.1 PORT ${version} -`]: 2,
      [`POST 404 127.0.0.1 PORT ${version} 404`]: 1,
      [`DELETE 503 127.0.0.1 PORT ${version} 503`]: 1,
    })
    expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('secret')
  },
)

test.each([
  ['node:http', byNode, 'GET - 127.0.0.1 PORT - ECONNRESET', 'GET 200 127.0.0.1 PORT 1.1 ECONNRESET'],
  ['fetch', byFetch, 'GET - 127.0.0.1 PORT - UND_ERR_SOCKET', 'GET 200 127.0.0.1 PORT - UND_ERR_SOCKET'],
])('%s: a broken connection is an error, before and during the response', async (_name, send, before, within) => {
  await send('/drop')
  await send('/break')
  await expect.poll(counts).toEqual({ [before]: 1, [within]: 1 })
})

test('a request that its application aborts is recorded as aborted, and still rejects', async () => {
  const controller = new AbortController()
  server.once('request', () => controller.abort())
  const stopped = fetch(`${base}/hang`, { signal: controller.signal })
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
  await expect.poll(counts).toEqual({ 'GET - 127.0.0.1 PORT - AbortError': 1 })
})

test('a server that does not listen has its own error type', async () => {
  await byNode('/', {}, 'http://127.0.0.1:1')
  await expect.poll(counts).toEqual({ 'GET - 127.0.0.1 1 - ECONNREFUSED': 1 })
})

test.each(['quipu/0.1.0', 'OTel-OTLP-Exporter-JavaScript/0.2'])('exports of %s are not recorded', async (agent) => {
  await byNode('/v1/metrics', { headers: { 'user-agent': agent } })
  await byNode('/')
  await expect.poll(counts).toEqual({ 'GET 200 127.0.0.1 PORT 1.1 -': 1 })
})

test('observing twice records a request once, and nothing is recorded after a stop', async () => {
  const stopSecond = observeHttpClients({ recorder })
  await byFetch('/')
  await expect.poll(counts).toEqual({ 'GET 200 127.0.0.1 PORT - -': 1 })
  stopSecond()
  stopSecond()
  await byFetch('/')
  await expect.poll(counts).toEqual({ 'GET 200 127.0.0.1 PORT - -': 2 })
  stop()
  await byFetch('/')
  expect(counts()).toEqual({ 'GET 200 127.0.0.1 PORT - -': 2 })
})

test('requests of HTTP/2 are recorded if Node publishes them, with their resets', async () => {
  const isPublished = Number.parseInt(process.versions.node, 10) >= 22
  const target = http2.createServer((request, response) => {
    if (request.url === '/reset') response.stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
    else response.writeHead(request.url === '/missing' ? 404 : 200).end('answer')
  })
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve))
  const at = String((target.address() as AddressInfo).port)
  const session = http2.connect(`http://127.0.0.1:${at}`)
  const send = (headers: http2.OutgoingHttpHeaders) =>
    new Promise<void>((resolve) => {
      const stream = session.request(headers).resume()
      stream.on('error', () => undefined).on('close', resolve)
    })
  await send({ ':path': '/users/secret' })
  await send({ ':path': '/missing', ':method': 'DELETE' })
  await send({ ':path': '/reset' })
  await send({ ':path': '/v1/metrics', 'user-agent': 'OTel-OTLP-Exporter-JavaScript/0.2' })
  // undici publishes its requests itself, and stores its client on the session.
  Reflect.set(session, Symbol('client'), {})
  await send({ ':path': '/by-undici' })
  session.close()
  await new Promise((resolve) => target.close(resolve))
  const ofHttp2 = (): unknown =>
    Object.fromEntries(Object.entries(counts()).map(([key, count]) => [key.replace(at, 'PORT'), count]))
  const expected = {
    'GET 200 127.0.0.1 PORT 2 -': 1,
    'DELETE 404 127.0.0.1 PORT 2 404': 1,
    'GET - 127.0.0.1 PORT 2 ERR_HTTP2_STREAM_ERROR': 1,
  }
  await expect.poll(ofHttp2).toEqual(isPublished ? expected : {})
})
