import { closeSync, openSync } from 'node:fs'
import http2, {
  type ClientHttp2Session,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { countsOf, sumOf } from '../../fixtures/values-of.js'
import { observeHttpServers } from './observe-http-servers.js'

afterEach(closeAll)

type Log = (text: string) => void

interface End {
  readonly options?: ServerOptions
  readonly prepare?: (server: Http2Server, log: Log) => void
  readonly onStream?: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, log: Log) => void
  readonly onRequest?: (request: Http2ServerRequest, response: Http2ServerResponse, log: Log) => void
  /** The requests of the client, each on its own stream at the same time. Default: one GET. */
  readonly asks?: readonly OutgoingHttpHeaders[]
  /** The body of each request; undefined for a body that never ends. Default: empty. */
  readonly body?: string | undefined
  /** What the client does once a response has begun. */
  readonly onResponse?: (session: ClientHttp2Session, close: (code: number) => void) => void
  /** By method, status, protocol and type of error. */
  readonly counts: Record<string, number>
}

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } = http2.constants
const file = fileURLToPath(import.meta.url)
const ok = { 'GET 200 - http 2 -': 1 }
const aborted = { 'GET - - http 2 aborted': 1 }
const quiet = (stream: ServerHttp2Stream, log: Log): void => {
  stream.on('error', (error) => log(String(Reflect.get(error, 'code'))))
  stream.on('aborted', () => log('aborted'))
}

const ends: Readonly<Record<string, End>> = {
  'a compat response that is destroyed': {
    onRequest: (_request, response) => void response.destroy(),
    counts: aborted,
  },
  'a compat response that is destroyed with an error': {
    onRequest: (_request, response, log) => {
      quiet(response.stream, log)
      response.on('error', (error) => log(error.message))
      response.destroy(new Error('secret'))
    },
    counts: { 'GET - - http 2 500': 1 },
  },
  'data written after the end of a compat response': {
    onRequest: (_request, response, log) => {
      response.on('error', (error) => log(String(Reflect.get(error, 'code'))))
      response.end('ok')
      response.write('secret')
      response.end('secret')
    },
    counts: { 'GET 200 - http 2 500': 1 },
  },
  'a status that is set after the head of a compat response': {
    onRequest: (_request, response, log) => {
      response.writeHead(201)
      response.write('x')
      try {
        response.statusCode = 500
      } catch (error) {
        log(String(Reflect.get(Object(error), 'code')))
      }
      response.end()
    },
    counts: { 'GET 201 - http 2 -': 1 },
  },
  'a compat response that times out': {
    onRequest: (_request, response, log) =>
      void response.setTimeout(10, () => {
        log('timeout')
        response.writeHead(503)
        response.end('late')
      }),
    counts: { 'GET 503 - http 2 503': 1 },
  },
  'interim responses': {
    onRequest: (_request, response) => {
      response.writeContinue()
      response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.end('ok')
    },
    counts: ok,
  },
  'checkContinue that refuses': {
    prepare: (server, log) =>
      server.on('checkContinue', (_request, response) => {
        log('checkContinue')
        response.writeHead(413)
        response.end()
      }),
    onRequest: (_request, response) => void response.end('ok'),
    asks: [{ ':method': 'POST', expect: '100-continue' }],
    counts: { 'POST 413 - http 2 -': 1 },
  },
  'checkContinue that continues': {
    prepare: (server) =>
      server.on('checkContinue', (request, response) => {
        response.writeContinue()
        server.emit('request', request, response)
      }),
    onRequest: (request, response) => void request.resume().on('end', () => response.end('ok')),
    asks: [{ ':method': 'POST', expect: '100-continue' }],
    body: 'hi',
    counts: { 'POST 200 - http 2 -': 1 },
  },
  checkExpectation: {
    prepare: (server) =>
      server.on('checkExpectation', (_request: Http2ServerRequest, response: Http2ServerResponse) => {
        response.writeHead(417)
        response.end()
      }),
    onRequest: (_request, response) => void response.end('ok'),
    asks: [{ expect: 'miracles' }],
    counts: { 'GET 417 - http 2 -': 1 },
  },
  'a pushed stream beside its request': {
    onStream: (stream, _headers, log) => {
      stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
        log(`pushed ${error === null}`)
        pushed?.respond({ ':status': 200 })
        pushed?.end('pushed')
        stream.respond({ ':status': 200 })
        stream.end('ok')
      })
    },
    counts: ok,
  },
  'a pushed response of the compat API': {
    onRequest: (_request, response, log) => {
      response.createPushResponse({ ':path': '/pushed' }, (error, pushed) => {
        log(`pushed ${error === null}`)
        pushed?.end('pushed')
        response.end('ok')
      })
    },
    counts: ok,
  },
  'a stream that the server resets before its response': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.close(NGHTTP2_REFUSED_STREAM)
    },
    counts: { 'GET - - http 2 500': 1 },
  },
  'a stream that the server resets with INTERNAL_ERROR': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.close(NGHTTP2_INTERNAL_ERROR)
    },
    counts: { 'GET - - http 2 500': 1 },
  },
  'a stream that the server resets within its response': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.respond({ ':status': 200 })
      stream.write('x', () => stream.close(NGHTTP2_INTERNAL_ERROR))
    },
    counts: { 'GET 200 - http 2 500': 1 },
  },
  'a response before the end of the upload': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.respond({ ':status': 413 }, { endStream: true })
    },
    asks: [{ ':method': 'POST' }],
    body: undefined,
    onResponse: (_session, close) => close(http2.constants.NGHTTP2_NO_ERROR),
    counts: { 'POST 413 - http 2 -': 1 },
  },
  'a client that resets its stream within the response': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.respond({ ':status': 200 })
      stream.write('x')
    },
    onResponse: (_session, close) => close(NGHTTP2_CANCEL),
    counts: { 'GET 200 - http 2 aborted': 1 },
  },
  'a connection that the server ends with GOAWAY while streams are open': {
    onStream: (stream, headers) => {
      stream.respond({ ':status': 200 })
      if (headers[':path'] === '/second') stream.session?.goaway()
      setImmediate(() => stream.end('ok'))
    },
    asks: [{ ':path': '/first' }, { ':path': '/second' }],
    counts: { 'GET 200 - http 2 -': 2 },
  },
  'a connection that the server closes gracefully': {
    onStream: (stream, _headers, log) => {
      stream.session?.close(() => log('session closed'))
      stream.respond({ ':status': 200 })
      stream.end('ok')
    },
    counts: ok,
  },
  'a connection that the server destroys while streams are open': {
    onStream: (stream, headers, log) => {
      quiet(stream, log)
      stream.respond({ ':status': 200 })
      if (headers[':path'] === '/second') stream.session?.destroy()
    },
    asks: [{ ':path': '/first' }, { ':path': '/second' }],
    counts: { 'GET 200 - http 2 aborted': 2 },
  },
  'a connection that times out': {
    prepare: (server, log) =>
      server.setTimeout(20, (session?: unknown) => {
        log('timeout')
        ;(session as { destroy?(): void } | undefined)?.destroy?.()
      }),
    onStream: (stream, _headers, log) => quiet(stream, log),
    counts: aborted,
  },
  'more streams than the server allows at a time': {
    options: { settings: { maxConcurrentStreams: 1 } },
    onStream: (stream) => {
      stream.respond({ ':status': 200 })
      setImmediate(() => stream.end('ok'))
    },
    asks: [{ ':path': '/first' }, { ':path': '/second' }, { ':path': '/third' }],
    counts: { 'GET 200 - http 2 -': 3 },
  },
  'a file by its descriptor': {
    onStream: (stream) => {
      const descriptor = openSync(file, 'r')
      stream.on('close', () => closeSync(descriptor))
      stream.respondWithFD(descriptor, { ':status': 200 }, { length: 8 })
    },
    counts: ok,
  },
  'a file that does not exist': {
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.respondWithFile('/none', undefined, {
        onError: (error) => {
          log(String(Reflect.get(error, 'code')))
          stream.respond({ ':status': 404 })
          stream.end()
        },
      })
    },
    counts: { 'GET 404 - http 2 -': 1 },
  },
  'trailers alone after the head': {
    onStream: (stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ checksum: '1' }))
      stream.end()
    },
    counts: ok,
  },
  'a tunnel of extended CONNECT': {
    options: { settings: { enableConnectProtocol: true } },
    onStream: (stream, _headers, log) => {
      quiet(stream, log)
      stream.respond({ ':status': 200 })
      stream.on('data', (data) => stream.end(data))
    },
    asks: [{ ':method': 'CONNECT', ':protocol': 'websocket', ':path': '/chat' }],
    body: 'hello',
    counts: { 'CONNECT 200 - http 2 -': 1 },
  },
}

/** Runs one end; returns everything that the client and the application saw. */
async function run({ options = {}, prepare, onStream, onRequest, asks = [{}], ...client }: End): Promise<unknown> {
  const seen: string[] = []
  const log: Log = (text) => void seen.push(text)
  const server = http2.createServer(options)
  if (onStream !== undefined) server.on('stream', (stream, headers) => onStream(stream, headers, log))
  if (onRequest !== undefined) server.on('request', (request, response) => onRequest(request, response, log))
  prepare?.(server, log)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.close())
  const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  closeLater(() => session.destroy())
  session.on('error', (error) => log(`session ${Reflect.get(error, 'code')}`))
  session.on('goaway', (code) => log(`goaway ${code}`))
  session.on('stream', (pushed) => pushed.resume())
  await new Promise((resolve) => session.once('remoteSettings', resolve))
  const answers = await Promise.all(asks.map((headers) => ask(session, headers, client)))
  return [...answers, ...seen.sort()]
}

function ask(session: ClientHttp2Session, headers: OutgoingHttpHeaders, client: Partial<End>): Promise<unknown> {
  return new Promise((resolve) => {
    const stream = session.request({ ':path': '/', ...headers }, { endStream: false })
    const heads: unknown[] = []
    let text = ''
    const note = (head: IncomingHttpHeaders): void => void heads.push({ ...head, date: undefined })
    stream.on('headers', note)
    stream.on('response', (head) => {
      note(head)
      client.onResponse?.(session, (code) => stream.close(code))
    })
    stream.on('trailers', note)
    stream.on('data', (data) => {
      text += data
    })
    stream.on('error', (error) => heads.push(error.message))
    stream.on('close', () => resolve([heads, text, stream.rstCode]))
    if (!('body' in client)) stream.end()
    else if (client.body !== undefined) stream.end(client.body)
  })
}

test.each(Object.entries(ends))('%s: same as without, each request counted once', async (_name, end) => {
  const bare = await run(end)
  const recorder = createRecorder()
  closeLater(observeHttpServers({ recorder }))
  expect(await run(end)).toEqual(bare)
  await expect.poll(() => countsOf(recorder, 'http.server.request.duration')).toEqual(end.counts)
  expect(sumOf(recorder, 'http.server.active_requests')).toBe(0)
  expect(sumOf(recorder, 'quipu_dropped_total')).toBe(0)
})
