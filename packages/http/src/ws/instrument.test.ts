import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type ActivityEvent, createRecorder } from '@quipu/core'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { closeAll, closeLater } from '../../fixtures/serving.js'
import { instrument } from './instrument.js'

afterEach(closeAll)

test("errors of a server's sockets are reported by type, and reach its listeners as without", async () => {
  const recorder = createRecorder({ activityLog: true })
  const events: ActivityEvent[] = []
  recorder.onActivity((event) => events.push(event))
  const server = createServer()
  const sockets = new WebSocketServer({ server, maxPayload: 100 })
  expect(instrument(instrument(sockets, { recorder }), { recorder })).toBe(sockets)
  const heard: unknown[] = []
  sockets.on('connection', (socket) => socket.on('error', (error) => heard.push(error.message)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeLater(() => server.close())
  const { port } = server.address() as AddressInfo
  const large = new WebSocket(`ws://127.0.0.1:${port}`)
  large.on('open', () => large.send('secret'.repeat(100)))
  await new Promise((resolve) => large.on('close', resolve))
  // A frame with an invalid opcode.
  const raw = connect(port, '127.0.0.1', () =>
    raw.write(
      'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    ),
  )
  raw.once('data', () => raw.write(Buffer.from([0x83, 0x80, 0, 0, 0, 0])))
  await new Promise((resolve) => raw.on('close', resolve))
  await expect.poll(() => heard).toHaveLength(2)
  expect(events.map(({ event, fields }) => [event, fields])).toEqual([
    ['error', { error_type: 'validation' }],
    ['error', { error_type: 'validation' }],
  ])
})

test('an error without a listener is thrown as usual', () => {
  const recorder = createRecorder()
  const sockets = instrument(new WebSocketServer({ noServer: true }), { recorder })
  const socket = new EventEmitter()
  sockets.emit('connection', socket as never, {} as never)
  expect(() => socket.emit('error', new Error('unheard'))).toThrow('unheard')
})
