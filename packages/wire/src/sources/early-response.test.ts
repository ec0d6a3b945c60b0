import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { observeModelCalls } from './observe-model-calls.js'

/** Refuses a request, or closes its connection, while its body is sent. */
let server: Server
let url = ''
beforeAll(async () => {
  server = createServer((incoming, response) => {
    incoming.once('data', () => {
      if (incoming.url?.startsWith('/cut')) response.destroy()
      else response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":"invalid_api_key"}}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const headers = { 'content-type': 'application/json' }
const start = '{"model":"gpt-4","messages":[{"role":"user","content":"'

async function byFetch(path: string): Promise<void> {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(start)) })
  const options = { method: 'POST', headers, body, duplex: 'half' }
  const response = await fetch(`${url}${path}`, options as RequestInit).catch(() => undefined)
  await response?.text()
}

function byHttp(path: string): Promise<void> {
  return new Promise((resolve) => {
    const sent = request(`${url}${path}`, { method: 'POST', headers }, (response) =>
      response.resume().on('end', () => sent.destroy()),
    )
    sent.on('error', () => undefined).on('close', resolve)
    sent.write(start)
  })
}

/** Node 20 publishes a request of `node:http` after its body was sent. */
const isPublishedEarly = Number(process.versions.node.split('.')[0]) > 20
const clients = [['fetch', byFetch] as const, ...(isPublishedEarly ? [['node:http', byHttp] as const] : [])]

test.each(
  clients.flatMap(([name, send]) => [
    [`by ${name} that is refused`, send, '', 'authentication'] as const,
    [`by ${name} whose connection closes`, send, '/cut', 'connection'] as const,
  ]),
)('a call %s before its whole request is sent has failed', async (_, send, prefix, errorType) => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  await send(`${prefix}/v1/chat/completions`)
  while (callCount(recorder) === 0) {
    recorder.recordPending()
    await nextTurn()
  }
  stop()
  expect(callCount(recorder)).toBe(1)
  expect(observedCall(recorder)).toMatchObject({ outcome: 'failed', errorType })
})

test('another API that refuses a whole request is not a model call', async () => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body: '{"room":"lobby"}' })
  recorder.recordPending()
  stop()
  expect(callCount(recorder)).toBe(0)
})
