import { request as send } from 'node:http'
import type { Recorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { closeAll, sendBytes, serveObserved } from '../../fixtures/serving.js'
import { countsOf } from '../../fixtures/values-of.js'

afterEach(closeAll)

const settled = (recorder: Recorder, expected: Record<string, number>, name = 'app_requests_total') =>
  expect.poll(() => countsOf(recorder, name)).toEqual(expected)

const headers = 'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'

test('the request of a WebSocket is counted when it is accepted, and the socket is timed separately until it closes', async () => {
  const { recorder, server, port } = await serveObserved()
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
  expect(countsOf(recorder, 'app_requests_total')).toEqual({ 'unmatched GET 101': 1 })
})

test.each([
  ['refused', 'HTTP/1.1 401 Unauthorized\r\n\r\n', { 'unmatched GET 401': 1 }],
  ['answered in bytes', Buffer.from('HTTP/1.1 403 Forbidden\r\n\r\n'), { 'unmatched GET 403': 1 }],
  ['closed without an answer', undefined, { 'unmatched GET 499': 1 }],
])('an upgrade that is %s is counted so, and is no stream', async (_name, answer, expected) => {
  const { recorder, server, port } = await serveObserved()
  server.on('upgrade', (_request, socket) => (answer === undefined ? socket.destroy() : socket.end(answer)))
  const received = await sendBytes(port, `GET / HTTP/1.1\r\n${headers}\r\n`)
  expect(received).toBe(String(answer ?? ''))
  await settled(recorder, expected)
  expect(countsOf(recorder, 'app_stream_duration_seconds')).toEqual({})
})

test('a server without a listener responds to an upgrade as to any request, also after the last listener was removed', async () => {
  const { recorder, server, port } = await serveObserved((_request, response) =>
    response.setHeader('connection', 'close').end('plain'),
  )
  const listener = (): void => undefined
  expect(await sendBytes(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('plain')
  server.on('upgrade', listener)
  server.off('upgrade', listener)
  expect(server.listenerCount('upgrade')).toBe(0)
  expect(await sendBytes(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('plain')
  server.once('upgrade', (_request, socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  expect(await sendBytes(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toContain('400')
  expect(server.listenerCount('upgrade')).toBe(0)
  await settled(recorder, { 'unmatched GET 200': 2, 'unmatched GET 400': 1 })
})

test('a CONNECT tunnel is counted and timed separately; without a listener Node closes it as usual', async () => {
  const { recorder, server, port } = await serveObserved()
  expect(await sendBytes(port, 'CONNECT secret.example:443 HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('')
  server.on('connect', (_request, socket) => {
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    socket.on('data', () => socket.end('bye'))
  })
  const request = send({ port, host: '127.0.0.1', method: 'CONNECT', path: 'secret.example:443' }).end()
  request.on('connect', (_response, socket) => socket.resume().write('x'))
  await settled(recorder, { 'unmatched CONNECT 200': 1 }, 'app_requests_total')
  await settled(recorder, { 'unmatched CONNECT': 1 }, 'app_stream_duration_seconds')
})

test('a socket has its original methods after the first write', async () => {
  const { recorder, server, port } = await serveObserved()
  const own: boolean[] = []
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n')
    own.push(Object.hasOwn(socket, 'write'), Object.hasOwn(socket, 'end'))
    socket.end('rest')
  })
  expect(await sendBytes(port, `GET / HTTP/1.1\r\n${headers}\r\n`)).toMatch(/101[\s\S]*rest$/)
  expect(own).toEqual([false, false])
  await settled(recorder, { 'unmatched GET 101': 1 })
})
