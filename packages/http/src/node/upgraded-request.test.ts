import { createServer, type RequestListener, type Server, request as send } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { createRecorder, type Recorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { observeHttpServers } from './observe-http-servers.js'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function serve(listener?: RequestListener): Promise<{ recorder: Recorder; server: Server; port: number }> {
  const recorder = createRecorder()
  closing.push(observeHttpServers({ recorder }))
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  closing.push(() => server.closeAllConnections())
  return { recorder, server, port: (server.address() as AddressInfo).port }
}

function countsOf(recorder: Recorder, name = 'app_requests_total'): Record<string, number | undefined> {
  const reading = recorder.readings().find((one) => one.name === name)
  return Object.fromEntries(
    reading?.cells().map(({ values, data, at }) => {
      const counts = Array.from(data.subarray(at + 1, at + 2 + (reading.bounds?.length ?? 0)))
      const isHistogram = reading.spec.kind === 'histogram'
      return [values.map((value) => value ?? '-').join(' '), isHistogram ? counts.reduce((a, b) => a + b, 0) : data[at]]
    }) ?? [],
  )
}

const settled = (recorder: Recorder, expected: Record<string, number>, name?: string) =>
  expect.poll(() => countsOf(recorder, name)).toEqual(expected)

const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

/** Writes bytes; resolves with what came back when the connection ended. */
function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (data) => {
      received += data.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(received))
  })
}

test('the request of a WebSocket is counted when it is accepted, and the socket is timed apart until it closes', async () => {
  const { recorder, server, port } = await serve()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => socket.on('message', (data) => socket.send(`echo ${data}`)))
  const client = new WebSocket(`ws://127.0.0.1:${port}/chat?token=secret`)
  const answer = new Promise((resolve) => client.on('message', (data) => resolve(String(data))))
  client.on('open', () => client.send('hello'))
  expect(await answer).toBe('echo hello')
  await settled(recorder, { 'unmatched GET 101': 1 })
  await settled(recorder, { 'GET 101 - http 1.1 -': 1 }, 'http.server.request.duration')
  expect(countsOf(recorder, 'http.server.active_requests')).toEqual({ 'GET http': 0 })
  expect(countsOf(recorder, 'app_stream_duration_seconds')).toEqual({})
  client.close()
  await settled(recorder, { 'unmatched GET': 1 }, 'app_stream_duration_seconds')
  expect(countsOf(recorder)).toEqual({ 'unmatched GET 101': 1 })
})

test.each([
  ['refused', 'HTTP/1.1 401 Unauthorized\r\n\r\n', { 'unmatched GET 401': 1 }],
  ['answered in bytes', Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\n'), { 'unmatched GET 403': 1 }],
  ['closed without an answer', undefined, { 'unmatched GET 499': 1 }],
])('an upgrade that is %s is counted so, and is no stream', async (_name, answer, expected) => {
  const { recorder, server, port } = await serve()
  server.on('upgrade', (_request, socket) => (answer === undefined ? socket.destroy() : socket.end(answer)))
  const received = await raw(port, `GET / HTTP/1.1\r\n${headers}\r\n`)
  expect(received).toBe(String(answer ?? ''))
  await settled(recorder, expected)
  expect(countsOf(recorder, 'app_stream_duration_seconds')).toEqual({})
})

test('a server without a listener answers an upgrade as any request, also after the last listener was removed', async () => {
  const { recorder, server, port } = await serve((_request, response) =>
    response.setHeader('connection', 'close').end('plain'),
  )
  const listener = (): void => undefined
  expect(await raw(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('plain')
  server.on('upgrade', listener)
  server.off('upgrade', listener)
  expect(server.listenerCount('upgrade')).toBe(0)
  expect(await raw(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('plain')
  server.once('upgrade', (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(await raw(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('400')
  expect(server.listenerCount('upgrade')).toBe(0)
  await settled(recorder, { 'unmatched GET 200': 2, 'unmatched GET 400': 1 })
})

test('a tunnel by CONNECT is counted and timed apart; without a listener Node closes it as it does alone', async () => {
  const { recorder, server, port } = await serve()
  expect(await raw(port, 'CONNECT secret.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  server.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    socket.on('data', () => socket.end('bye'))
  })
  const request = send({ port, host: '127.0.0.1', method: 'CONNECT', path: 'secret.example:443' }).end()
  request.on('connect', (_response, socket) => socket.resume().write('x'))
  await settled(recorder, { 'unmatched CONNECT 200': 1 }, 'app_requests_total')
  await settled(recorder, { 'unmatched CONNECT': 1 }, 'app_stream_duration_seconds')
})

test('a socket that is written through afterwards has its own methods again', async () => {
  const { recorder, server, port } = await serve()
  const own: boolean[] = []
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    own.push(Object.hasOwn(socket, 'write'), Object.hasOwn(socket, 'end'))
    socket.end('rest')
  })
  expect(await raw(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toMatch(/101[\s\S]*rest$/)
  expect(own).toEqual([false, false])
  await settled(recorder, { 'unmatched GET 101': 1 })
})
