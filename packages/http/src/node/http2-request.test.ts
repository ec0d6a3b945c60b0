import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import http2, { type ClientHttp2Session, type Http2Server, type OutgoingHttpHeaders } from 'node:http2'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

async function serve(server: Http2Server): Promise<{ recorder: Recorder; client: ClientHttp2Session; url: string }> {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { recorder, client: connect(url), url }
}

function connect(url: string): ClientHttp2Session {
  const client = http2.connect(url)
  client.on('error', () => undefined)
  closeLater(() => client.destroy())
  return client
}

interface Answer {
  readonly status: unknown
  readonly body: string
  readonly trailers: object
  readonly hints: readonly unknown[]
}

function ask(client: ClientHttp2Session, headers: OutgoingHttpHeaders, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const stream = client.request(headers)
    let status: unknown
    let text = ''
    let trailers = {}
    const hints: unknown[] = []
    stream.on('headers', (early) => hints.push(early[':status']))
    stream.on('response', (head) => {
      status = head[':status']
    })
    stream.on('trailers', (last) => {
      trailers = { ...last }
    })
    stream.on('data', (data) => {
      text += data
    })
    stream.on('error', () => undefined)
    stream.on('close', () => resolve({ status, body: text, trailers, hints }))
    stream.end(body)
  })
}

const durations = (recorder: Recorder) => countsOf(recorder, 'http.server.request.duration')

const settled = (recorder: Recorder, expected: Record<string, number>) =>
  expect.poll(() => durations(recorder)).toEqual(expected)

test("requests of both of Node's APIs are counted once, by method and status, with the sizes of their bodies", async () => {
  const server = http2.createServer((request, response) => {
    request.resume().on('end', () => {
      response.statusCode = request.url === '/missing' ? 404 : 200
      response.write('hel')
      response.end('lo')
    })
  })
  const { recorder, client } = await serve(server)
  expect(await ask(client, { ':path': '/users/1?token=secret' })).toMatchObject({ status: 200, body: 'hello' })
  await ask(client, { ':path': '/missing', ':method': 'PURGE' })
  await ask(client, { ':path': '/', ':method': 'POST', 'content-length': '4' }, 'body')
  await settled(recorder, { 'GET 200 - http 2 -': 1, '_OTHER 404 - http 2 -': 1, 'POST 200 - http 2 -': 1 })
  expect(sumOf(recorder, 'http.server.request.body.size')).toBe(4)
  expect(sumOf(recorder, 'http.server.response.body.size')).toBe(15)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})

test('streams with early hints, trailers and no body, and files, reach the client completely and are counted', async () => {
  const file = join(tmpdir(), `quipu-http2-${process.pid}.txt`)
  writeFileSync(file, 'x'.repeat(100_000))
  const server = http2.createServer()
  server.on('stream', (stream, headers) => {
    if (headers[':path'] === '/file') return stream.respondWithFile(file, { ':status': 206 })
    if (headers[':path'] === '/empty') return stream.respond({ ':status': 204 }, { endStream: true })
    stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' })
    stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ checksum: 'abc' }))
    return stream.end(headers[':method'] === 'HEAD' ? undefined : 'text')
  })
  const { recorder, client } = await serve(server)
  expect((await ask(client, { ':path': '/file' })).body).toHaveLength(100_000)
  expect((await ask(client, { ':path': '/empty' })).status).toBe(204)
  const full = { status: 200, body: 'text', trailers: { checksum: 'abc' }, hints: [103] }
  expect(await ask(client, { ':path': '/' })).toMatchObject(full)
  expect((await ask(client, { ':path': '/', ':method': 'HEAD' })).body).toBe('')
  await settled(recorder, {
    'GET 206 - http 2 -': 1,
    'GET 204 - http 2 -': 1,
    'GET 200 - http 2 -': 1,
    'HEAD 200 - http 2 -': 1,
  })
  expect(sumOf(recorder, 'http.server.response.body.size')).toBe(100_004)
})

test('a client that disconnects is counted as 499, after a reset and after the end of its connection', async () => {
  const server = http2.createServer()
  const { recorder, client, url } = await serve(server)
  server.on('stream', (stream) => stream.on('error', () => undefined))
  const reset = client.request({ ':path': '/hang' })
  reset.on('error', () => undefined)
  await once(server, 'stream')
  reset.close(http2.constants.NGHTTP2_CANCEL)
  await settled(recorder, { 'GET - - http 2 aborted': 1 })
  const second = connect(url)
  second.request({ ':path': '/hang' }).on('error', () => undefined)
  await once(server, 'stream')
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(1)
  second.destroy()
  await settled(recorder, { 'GET - - http 2 aborted': 2 })
})

test('an application that fails in the middle of a response is counted as 500', async () => {
  const server = http2.createServer((_request, response) => {
    response.write('x')
    response.on('error', () => undefined)
    response.stream.on('error', () => undefined)
    setImmediate(() => response.stream.destroy(new Error('secret')))
  })
  const { recorder, client } = await serve(server)
  await ask(client, { ':path': '/' })
  await settled(recorder, { 'GET 200 - http 2 500': 1 })
})

test('an event stream is timed separately, and the pages are not counted', async () => {
  const server = http2.createServer((request, response) => {
    if (request.url === '/events') response.setHeader('content-type', 'text/event-stream')
    response.end('data: 1\n\n')
  })
  const { recorder, client } = await serve(server)
  for (const path of ['/events', '/metrics', '/custom_metrics?name[]=x']) await ask(client, { ':path': path })
  await settled(recorder, { 'GET 200 - http 2 -': 1 })
  expect(
    recorder
      .readings()
      .find(({ name }) => name === 'app_stream_duration_seconds')
      ?.cells(),
  ).toHaveLength(1)
})

test('an earlier event listener still sees each stream, and 100 concurrent streams are 100 requests', async () => {
  const server = http2.createServer()
  let seen = 0
  server.on('stream', (stream) => {
    seen++
    stream.respond()
    stream.end('ok')
  })
  const { recorder, client } = await serve(server)
  await Promise.all(Array.from({ length: 100 }, () => ask(client, { ':path': '/' })))
  expect(seen).toBe(100)
  await settled(recorder, { 'GET 200 - http 2 -': 100 })
})

test('streams of a connection that another server handed over are counted if Node publishes them', async () => {
  const isPublished = Number.parseInt(process.versions.node, 10) >= 22
  const server = http2.createServer((_request, response) => void response.end('ok'))
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const front = createServer((socket) => server.emit('connection', socket))
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  closeLater(() => front.close())
  await ask(connect(`http://127.0.0.1:${(front.address() as AddressInfo).port}`), { ':path': '/' })
  await settled(recorder, isPublished ? { 'GET 200 - http 2 -': 1 } : {})
})
