import { Agent, request as send } from 'node:http'
import { connect } from 'node:net'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, sendBytes, serveObserved } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { openRequestOf } from '../requests/request-registry.js'
import { ignoreRequest, observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

const counts = (recorder: Recorder) => countsOf(recorder, 'app_requests_total')
const settled = (recorder: Recorder, expected: Record<string, number>) =>
  expect.poll(() => counts(recorder)).toEqual(expected)

test('a client that disconnects before its response is counted as 499, and without a status in the conventions’ metrics', async () => {
  const { recorder, server, port } = await serveObserved(() => undefined)
  const arrived = new Promise((resolve) => server.once('request', resolve))
  const socket = connect(port, '127.0.0.1', () => socket.write('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n'))
  await arrived
  expect(countsOf(recorder, 'http.server.active_requests')).toEqual({ 'GET http': 1 })
  socket.destroy()
  await settled(recorder, { 'unmatched GET 499': 1 })
  expect(countsOf(recorder, 'http.server.request.duration')).toEqual({ 'GET - - http 1.1 aborted': 1 })
  expect(countsOf(recorder, 'http.server.active_requests')).toEqual({ 'GET http': 0 })
})

test('a client that disconnects during a stream is counted as 499, with the status that was sent', async () => {
  const { recorder, port } = await serveObserved((request, response) => {
    response.writeHead(200).write('x')
    // As restify does.
    request.once('aborted', () => {
      response.statusCode = 444
    })
  })
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'))
  socket.once('data', () => socket.destroy())
  await settled(recorder, { 'unmatched GET 499': 1 })
  expect(countsOf(recorder, 'http.server.request.duration')).toEqual({ 'GET 200 - http 1.1 aborted': 1 })
})

test('an application that fails during a stream is counted as 500', async () => {
  const { recorder, port } = await serveObserved((_request, response) => {
    response.write('x')
    setImmediate(() => response.destroy(new Error('secret')))
  })
  await sendBytes(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await settled(recorder, { 'unmatched GET 500': 1 })
})

test('pipelined requests are each counted', async () => {
  const { recorder, port } = await serveObserved((request, response) => void response.end(request.url))
  const head = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
  await sendBytes(port, head('/a') + head('/b') + head('/c', 'Connection: close\r\n'))
  await settled(recorder, { 'unmatched GET 200': 3 })
  expect(sumOf(recorder, 'http_response_size_bytes')).toBe('/a/b/c'.length)
})

test.each([
  ['a body with a length', 'POST / HTTP/1.1\r\nContent-Length: 5\r\n', 'hello', 5],
  ['no body', 'GET / HTTP/1.1\r\n', '', 0],
  [
    'a body in chunks, of undeclared length',
    'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n',
    '1\r\nx\r\n0\r\n\r\n',
    0,
  ],
])('the size of %s', async (_name, head, body, size) => {
  const { recorder, port } = await serveObserved(
    (request, response) => void request.resume().on('end', () => response.end('ok')),
  )
  await sendBytes(port, `${head}Host: x\r\nConnection: close\r\n\r\n${body}`)
  await expect.poll(() => sumOf(recorder, 'http_requests_total')).toBe(1)
  expect(sumOf(recorder, 'http_request_size_bytes')).toBe(size)
  expect(sumOf(recorder, 'http_response_size_bytes')).toBe(2)
})

test('a response to HEAD has a length in its head and no body', async () => {
  const { recorder, port } = await serveObserved((_request, response) => void response.end('hello'))
  await sendBytes(port, 'HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await settled(recorder, { 'unmatched HEAD 200': 1 })
  expect(sumOf(recorder, 'http.server.response.body.size')).toBe(0)
})

test('a response without a length has the size of its body with the framing of chunks', async () => {
  const { recorder, port } = await serveObserved((_request, response) => {
    for (let i = 0; i < 10; i++) response.write('x'.repeat(1000))
    response.end()
  })
  await sendBytes(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await settled(recorder, { 'unmatched GET 200': 1 })
  const size = sumOf(recorder, 'http.server.response.body.size')
  expect(size).toBeGreaterThanOrEqual(10_000)
  expect(size).toBeLessThan(10_200)
})

test('the duration of event streams is a separate metric, so that quantiles of requests stay meaningful', async () => {
  const { recorder, port } = await serveObserved((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
    response.end()
  })
  await sendBytes(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await settled(recorder, { 'unmatched GET 200': 1 })
  expect(countsOf(recorder, 'app_stream_duration_seconds')).toEqual({ 'unmatched GET': 1 })
  expect(countsOf(recorder, 'app_request_duration_seconds')).toEqual({})
})

test('10,000 undeclared paths, methods and hosts create few series and expose no content', async () => {
  const { recorder, port } = await serveObserved((_request, response) => void response.writeHead(404).end())
  for (let block = 0; block < 100; block++) {
    const lines = Array.from({ length: 100 }, (_, i) => {
      const method = ['GET', 'POST', 'PURGE', 'PROPFIND', 'MKCOL'][i % 5]
      const last = i === 99 ? 'Connection: close\r\n' : ''
      return `${method} /secret-${block}-${i}?token=secret HTTP/1.1\r\nHost: secret${block * 100 + i}.example\r\n${last}\r\n`
    })
    await sendBytes(port, lines.join(''))
  }
  await settled(recorder, { 'unmatched GET 404': 2000, 'unmatched POST 404': 2000, 'unmatched OTHER 404': 6000 })
  const all = recorder.readings().flatMap((reading) => reading.cells().flatMap((cell) => cell.values))
  expect(all.filter((value) => value?.includes('secret'))).toEqual([])
  expect(all.length).toBeLessThan(400)
})

test('routes registered from data stay within the budget of the endpoint label, and no request is lost', async () => {
  const { recorder, port } = await serveObserved((request, response) => {
    const open = openRequestOf(request)
    if (open !== undefined) open.route = `/shops${request.url}`
    response.end()
  })
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  closeLater(() => agent.destroy())
  const ask = (path: string) =>
    new Promise((resolve) => send({ port, path, agent }, (response) => response.resume().on('end', resolve)).end())
  for (let i = 0; i < 3000; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => ask(`/s${i + j}`)))
  await expect.poll(() => sumOf(recorder, 'app_requests_total')).toBe(3000)
  const endpoints = Object.keys(counts(recorder))
  expect(endpoints.length).toBeLessThanOrEqual(1000)
  expect(endpoints).toContain('other GET 200')
})

test('requests for the pages are neither counted nor active', async () => {
  const { recorder, port } = await serveObserved((request, response) => {
    if (request.url === '/ops/metrics') ignoreRequest(request)
    response.end('page')
  })
  for (const path of ['/metrics', '/custom_metrics?name[]=x', '/ops/metrics', '/metricsx']) {
    await sendBytes(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
  }
  await settled(recorder, { 'unmatched GET 200': 1 })
  expect(countsOf(recorder, 'http.server.active_requests')).toEqual({ 'GET http': 0 })
})

test('an application that removes listeners or throws is counted and keeps its behaviour', async () => {
  const { recorder, port } = await serveObserved((_request, response) => {
    response.removeAllListeners('close')
    response.end('ok')
  })
  await sendBytes(port, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await settled(recorder, { 'unmatched GET 200': 1 })
})

test('a request whose socket the framework removes, as Next 15 does, is counted and no longer active', async () => {
  const { recorder, port } = await serveObserved((request, response) => {
    Object.defineProperty(request, 'socket', { value: undefined })
    response.write('streamed')
    response.end()
  })
  await (await fetch(`http://127.0.0.1:${port}/x`)).text()
  await settled(recorder, { 'unmatched GET 200': 1 })
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})

test('several recorders observe the same requests, each until stopped', async () => {
  const { recorder, port } = await serveObserved((_request, response) => void response.end('ok'))
  const second = createRecorder()
  const stop = observeHttpServers({ recorder: second })
  const ask = () =>
    new Promise<void>((resolve) => {
      send({ port, host: '127.0.0.1', agent: false }, (response) => response.resume().on('end', resolve)).end()
    })
  await ask()
  await settled(second, { 'unmatched GET 200': 1 })
  stop()
  stop()
  await ask()
  await settled(recorder, { 'unmatched GET 200': 2 })
  expect(counts(second)).toEqual({ 'unmatched GET 200': 1 })
})
