import { channel } from 'node:diagnostics_channel'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { observeModelCalls } from './observe-model-calls.js'

const chunk = 'data: {"model":"gpt-4","choices":[{"index":0,"delta":{"content":"No"}}]}\n\n'

/** Sends the headers of a stream and one chunk to each request. */
let server: Http2Server
let answering: ServerHttp2Stream
beforeAll(async () => {
  server = createServer().on('stream', (stream: ServerHttp2Stream) => {
    answering = stream.on('error', () => undefined)
    stream.resume().on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'text/event-stream' })
      stream.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void server.close())

const headers = { ':method': 'POST', ':path': '/v1/chat/completions', 'content-type': 'application/json' }

/** Publishes what Node does since 22.17, for an older one. */
function publishAsNode(stream: ClientHttp2Stream): void {
  if (Number(process.versions.node.split('.')[0]) > 20) return
  const publish = (name: string, more: object) => channel(`http2.client.stream.${name}`).publish({ stream, ...more })
  publish('created', { headers: stream.sentHeaders })
  stream.once('response', (received) => publish('finish', { headers: received }))
  stream.once('error', (error) => publish('error', { error }))
  stream.once('close', () => publish('close', {}))
}

type Act = (stream: ClientHttp2Stream, session: ClientHttp2Session) => unknown

test.each<[who: string, act: Act, outcome: object]>([
  ['its client closes', (stream) => stream.close(8), { outcome: 'abandoned' }],
  ['its client destroys', (stream) => stream.destroy(), { outcome: 'abandoned' }],
  ['ends with the session of its client', (_, session) => session.destroy(), { outcome: 'abandoned' }],
  ['its server breaks', () => answering.destroy(new Error('broken')), { outcome: 'failed', errorType: 'connection' }],
  ['ends with the connection', () => answering.session?.destroy(), { outcome: 'failed', errorType: 'connection' }],
])('a stream that %s has its outcome', async (_, act, outcome) => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`).on('error', () => undefined)
  const stream = session.request(headers).on('error', () => undefined)
  publishAsNode(stream)
  stream.end(JSON.stringify({ model: 'gpt-4', messages: [], stream: true }))
  await new Promise((resolve) => stream.once('data', resolve))
  act(stream, session)
  while (callCount(recorder) === 0) await nextTurn()
  stop()
  session.destroy()
  expect(observedCall(recorder)).toMatchObject(outcome)
})
