import { createServer, type RequestListener } from 'node:http'
import { connect } from 'node:net'
import { duplexPair } from 'node:stream'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater, sendBytes, serveObserved } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const last = 'Connection: close\r\n'
const post = (length: number, more = '') => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${more}\r\n`

const echo: RequestListener = (request, response) => {
  request.resume().on('end', () => response.end('ok'))
}

test.each<[string, RequestListener, string, Record<string, number>]>([
  [
    'an error and the next request of its connection',
    (request, response) => response.writeHead(request.url === '/fails' ? 500 : 200).end('x'),
    get('/fails') + get('/', last),
    { 'unmatched GET 500': 1, 'unmatched GET 200': 1 },
  ],
  [
    'pipelined requests that are answered in the opposite order',
    (() => {
      let first: (() => void) | undefined
      return (request, response) => {
        if (request.url === '/first') first = () => response.writeHead(404).end('x')
        else {
          response.writeHead(201).end('x')
          first?.()
        }
      }
    })(),
    get('/first') + get('/second', last),
    { 'unmatched GET 404': 1, 'unmatched GET 201': 1 },
  ],
  [
    'a request before one that cannot be parsed, for which the application gets no request',
    (_request, response) => void response.end('ok'),
    `${get('/')}nonsense\r\n\r\n`,
    { 'unmatched GET 200': 1 },
  ],
  ['a request that expects 100', echo, `${post(2, `Expect: 100-continue\r\n${last}`)}hi`, { 'unmatched POST 200': 1 }],
  [
    'early hints before the response',
    (_request, response) => {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('ok')
    },
    get('/', last),
    { 'unmatched GET 200': 1 },
  ],
  [
    'trailers after the response',
    (_request, response) => {
      response.writeHead(200, { trailer: 'checksum' }).write('ok')
      response.addTrailers({ checksum: '1' })
      response.end()
    },
    get('/', last),
    { 'unmatched GET 200': 1 },
  ],
  [
    'a response without a body',
    (_request, response) => void response.writeHead(304).end(),
    get('/', last),
    { 'unmatched GET 304': 1 },
  ],
  [
    'a connection that the application closes before its response',
    (_request, response) => void response.destroy(),
    get('/'),
    { 'unmatched GET 499': 1 },
  ],
  [
    'a response before the end of the upload',
    (_request, response) => void response.writeHead(413, { connection: 'close' }).end('x'),
    `${post(1_000_000)}part`,
    { 'unmatched POST 413': 1 },
  ],
])('%s: each is counted once and no longer active', async (_name, listener, bytes, expected) => {
  const { recorder, port } = await serveObserved(listener)
  await sendBytes(port, bytes)
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual(expected)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})

test.each([
  ['is counted as 499, because Node ends the connection', false, 499, ''],
  ['has its response counted if the server allows it', true, 200, 'late'],
])('a client that ends its side before a late response %s', async (_name, isAllowed, status, body) => {
  const { recorder, server, port } = await serveObserved((request, response) => {
    request.socket.on('end', () => response.end('late'))
  })
  Object.assign(server, { httpAllowHalfOpen: isAllowed })
  let received = ''
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('data', (data) => {
    received += data.toString()
  })
  socket.end(get('/', last))
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual({ [`unmatched GET ${status}`]: 1 })
  await expect.poll(() => received.endsWith(body)).toBe(true)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})

test('a client that disconnects during its upload is counted as 499', async () => {
  const { recorder, server, port } = await serveObserved(echo)
  const arrived = new Promise((resolve) => server.once('request', resolve))
  const socket = connect(port, '127.0.0.1', () => socket.write(`${post(1_000_000)}part`))
  await arrived
  socket.destroy()
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual({ 'unmatched POST 499': 1 })
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})

test('a request over a stream that is no socket is counted, and its response has no size', async () => {
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  const server = createServer((_request, response) => {
    response.write('o')
    response.end('k')
  })
  const [client, connection] = duplexPair()
  server.emit('connection', connection)
  client.resume().write(get('/', last))
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual({ 'unmatched GET 200': 1 })
  expect(countsOf(recorder, 'http.server.response.body.size')).toEqual({})
  expect(sumOf(recorder, 'quipu_dropped_total')).toBe(0)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
})
