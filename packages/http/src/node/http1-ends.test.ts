import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

type Log = (text: string) => void
type Handle = (request: IncomingMessage, response: ServerResponse, log: Log, server: Server) => void

interface End {
  readonly options?: ServerOptions
  /** Adds listeners to the server. */
  readonly prepare?: (server: Server, log: Log) => void
  readonly handle: Handle
  /** What a connection sends; each further text after a part of a response. */
  readonly sent: readonly string[]
  /** Whether the client resets the connection after its last text. */
  readonly resets?: boolean
  readonly counts: Record<string, number>
}

const get = (more = 'Connection: close\r\n', path = '/') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const post = (more: string, body = '') => `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n\r\n${body}`
const answer: Handle = (request, response) => void request.resume().on('end', () => response.end('ok'))
const nothing: Handle = () => undefined
const quick = { requestTimeout: 30, headersTimeout: 30, connectionsCheckingInterval: 10 }
const chunked = 'Transfer-Encoding: chunked'

const ends: Readonly<Record<string, End>> = {
  'a body that takes longer than requestTimeout': {
    options: quick,
    handle: answer,
    sent: [post('Content-Length: 9', 'part')],
    counts: { 'unmatched POST 408': 1 },
  },
  'a head that takes longer than headersTimeout': {
    options: quick,
    handle: answer,
    sent: ['GET / HTTP/1.1\r\nHost'],
    counts: {},
  },
  'a body that cannot be parsed': {
    handle: answer,
    sent: [post(chunked, 'secret\r\n')],
    counts: { 'unmatched POST 400': 1 },
  },
  'a body that cannot be parsed, after the head of the response': {
    handle: (_request, response) => void response.writeHead(202).write('x'),
    sent: [post(chunked), 'secret\r\n'],
    counts: { 'unmatched POST 499': 1 },
  },
  'a body that cannot be parsed, for which the application responds': {
    prepare: (server, log) =>
      server.on('clientError', (error, socket) => {
        log(`clientError ${Reflect.get(error, 'code')}`)
        socket.end('HTTP/1.1 422 Unprocessable Entity\r\nConnection: close\r\n\r\n')
      }),
    handle: answer,
    sent: [post(chunked, 'secret\r\n')],
    counts: { 'unmatched POST 422': 1 },
  },
  'a body that cannot be parsed, for which the application closes the connection': {
    prepare: (server) => server.on('clientError', (_error, socket) => socket.destroy()),
    handle: answer,
    sent: [post(chunked, 'secret\r\n')],
    counts: { 'unmatched POST 499': 1 },
  },
  'a head that cannot be parsed, for which the application responds': {
    prepare: (server) => server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    handle: answer,
    sent: ['secret\r\n\r\n'],
    counts: {},
  },
  'a lenient parser': {
    options: { insecureHTTPParser: true },
    handle: answer,
    sent: [get('X: a\u0001b\r\nConnection: close\r\n')],
    counts: { 'unmatched GET 200': 1 },
  },
  'more requests than maxRequestsPerSocket': {
    prepare: (server, log) => {
      server.maxRequestsPerSocket = 2
      server.on('dropRequest', () => log('dropRequest'))
    },
    handle: answer,
    sent: [get('') + get('') + get()],
    counts: { 'unmatched GET 200': 2, 'unmatched GET 503': 1 },
  },
  'a connection that is used again': {
    handle: answer,
    sent: [get(''), get(''), get()],
    counts: { 'unmatched GET 200': 3 },
  },
  'closeAllConnections with open requests': {
    handle: (request, response, _log, server) => {
      if (request.url === '/first') response.write('x')
      else server.closeAllConnections()
    },
    sent: [get('', '/first'), get('', '/second')],
    counts: { 'unmatched GET 499': 2 },
  },
  'close with an open request': {
    handle: (_request, response, log, server) => {
      server.close(() => log('closed'))
      setImmediate(() => response.end('ok'))
    },
    sent: [get()],
    counts: { 'unmatched GET 200': 1 },
  },
  'a response that is destroyed with an error': {
    handle: (_request, response, log) => {
      response.on('error', (error) => log(error.message))
      response.destroy(new Error('secret'))
    },
    sent: [get()],
    counts: { 'unmatched GET 500': 1 },
  },
  'a request that is destroyed': {
    handle: (request, response, log) => {
      request.on('close', () => log('request closed'))
      response.on('close', () => log('response closed'))
      request.destroy()
    },
    sent: [post('Content-Length: 9', 'part')],
    counts: { 'unmatched POST 499': 1 },
  },
  'a connection that is destroyed by the application': {
    handle: (request) => void request.socket.destroy(),
    sent: [get()],
    counts: { 'unmatched GET 499': 1 },
  },
  'data written after the end of the response': {
    handle: (_request, response, log) => {
      response.on('error', (error) => log(String(Reflect.get(error, 'code'))))
      response.end('ok')
      response.write('secret')
      response.end('secret')
    },
    sent: [get()],
    counts: { 'unmatched GET 200': 1 },
  },
  'a head that is set after it was sent': {
    handle: (_request, response, log) => {
      response.writeHead(201).write('x')
      try {
        response.setHeader('late', '1')
      } catch (error) {
        log(String(Reflect.get(Object(error), 'code')))
      }
      response.statusCode = 500
      response.end()
    },
    sent: [get()],
    counts: { 'unmatched GET 201': 1 },
  },
  'a response that times out without a listener': {
    handle: (_request, response) => void response.setTimeout(10),
    sent: [get()],
    counts: { 'unmatched GET 499': 1 },
  },
  'a response that times out with a listener': {
    handle: (_request, response, log) =>
      void response.setTimeout(10, () => {
        log('timeout')
        response.writeHead(503).end('late')
      }),
    sent: [get()],
    counts: { 'unmatched GET 503': 1 },
  },
  'a server that times out': {
    prepare: (server) => server.setTimeout(10),
    handle: nothing,
    sent: [get()],
    counts: { 'unmatched GET 499': 1 },
  },
  'checkContinue that continues': {
    prepare: (server, log) =>
      server.on('checkContinue', (request, response) => {
        log('checkContinue')
        response.writeContinue()
        server.emit('request', request, response)
      }),
    handle: answer,
    sent: [post('Expect: 100-continue\r\nContent-Length: 2'), 'hi'],
    counts: { 'unmatched POST 200': 1 },
  },
  'checkContinue that refuses': {
    prepare: (server) => server.on('checkContinue', (_request, response) => response.writeHead(413).end()),
    handle: answer,
    sent: [post('Expect: 100-continue\r\nContent-Length: 2')],
    counts: { 'unmatched POST 413': 1 },
  },
  checkExpectation: {
    prepare: (server, log) =>
      server.on('checkExpectation', (request, response) => {
        log(String(request.headers.expect))
        response.writeHead(417).end('no')
      }),
    handle: answer,
    sent: [post('Expect: miracles\r\nContent-Length: 0')],
    counts: { 'unmatched POST 417': 1 },
  },
  'interim responses': {
    handle: (_request, response) => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('ok')
    },
    sent: [get()],
    counts: { 'unmatched GET 200': 1 },
  },
  'a client that resets the connection within the response': {
    handle: (_request, response, log) => {
      response.on('close', () => log(`complete ${response.writableFinished}`))
      response.write('x')
    },
    sent: [get(), ''],
    resets: true,
    counts: { 'unmatched GET 499': 1 },
  },
  'a client that disconnects while a response waits for an earlier one': {
    handle: (request, response) => void (request.url === '/' ? response.write('x') : response.write('y')),
    sent: [get('') + get('', '/second'), ''],
    resets: true,
    counts: { 'unmatched GET 499': 2 },
  },
  'HTTP/1.0 that keeps its connection': {
    handle: (_request, response) => void response.setHeader('content-length', 2).end('ok'),
    sent: ['GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', 'GET / HTTP/1.0\r\n\r\n'],
    counts: { 'unmatched GET 200': 2 },
  },
  'a socket that the application takes from the response': {
    handle: (_request, response) => {
      const { socket } = response
      if (socket === null) return
      response.detachSocket(socket)
      socket.end('HTTP/1.1 299 Own\r\n\r\n')
    },
    sent: [get()],
    counts: { 'unmatched GET 499': 1 },
  },
  'less than the declared length': {
    options: {},
    handle: (_request, response, log) => {
      response.strictContentLength = true
      response.setHeader('content-length', 9)
      try {
        response.end('short')
      } catch (error) {
        log(String(Reflect.get(Object(error), 'code')))
        response.destroy()
      }
    },
    sent: [get()],
    counts: { 'unmatched GET 499': 1 },
  },
}

/** Runs one end; returns everything that the client and the application saw. */
async function run({ options = {}, prepare, handle, sent, resets = false }: End): Promise<readonly string[]> {
  const seen: string[] = []
  const log: Log = (text) => void seen.push(text)
  const server: Server = createServer(options, (request, response) => handle(request, response, log, server))
  prepare?.(server, log)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.closeAllConnections())
  closeLater(() => server.close())
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const { port } = server.address() as AddressInfo
  const received = await receive(port, sent, resets)
  const socket = await accepted
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  // Ours is there only while the application listens to the same event.
  const events = ['request', 'clientError', 'upgrade', 'checkContinue', 'checkExpectation', 'connect', 'dropRequest']
  const listeners = events.map((event) => `${event} ${server.listenerCount(event) > 0}`)
  return [received.replaceAll(/^date: .*$/gim, 'date'), ...seen, ...listeners]
}

function receive(port: number, sent: readonly string[], resets: boolean): Promise<string> {
  const [first = '', ...rest] = sent
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(first, 'latin1'))
    socket.on('data', (data) => {
      received += data.toString('latin1')
      const next = rest.shift()
      if (next !== undefined && next !== '') socket.write(next, 'latin1')
      if (resets && rest.length === 0) socket.resetAndDestroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

test.each(Object.entries(ends))('%s: same as without, each request counted once', async (_name, end) => {
  const bare = await run(end)
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  expect(await run(end)).toEqual(bare)
  await expect.poll(() => countsOf(recorder, 'app_requests_total')).toEqual(end.counts)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
  expect(sumOf(recorder, 'quipu_dropped_total')).toBe(0)
})
