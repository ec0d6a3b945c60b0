import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { observeModelCalls } from './observe-model-calls.js'

/** Never responds; below `/chunk` it responds with the beginning of a stream. */
let server: Server
let port = 0
beforeAll(async () => {
  server = createServer((incoming, response) => {
    if (!incoming.url?.startsWith('/chunk')) return
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"model":"gpt-4","choices":[{"index":0,"delta":{"content":"No"}}]}\n\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

let recorder: ReturnType<typeof createTestRecorder>
let stop: () => void
beforeEach(() => {
  recorder = createTestRecorder()
  stop = observeModelCalls({ recorder })
})
afterEach(() => stop())

/** Sends a call that its client stops with this error when the server has it, or when its stream began. */
async function callStoppedBy(error: Error | undefined, path = ''): Promise<void> {
  const sent = request({ port, method: 'POST', path: `${path}/v1/chat/completions` })
  const ended = new Promise((resolve) => sent.once('error', resolve).once('close', resolve))
  const reached = new Promise<IncomingMessage>((resolve) => {
    if (path === '') server.once('request', resolve)
    else sent.once('response', (response) => response.on('error', () => {}).once('data', () => resolve(response)))
  })
  sent.end('{"model":"gpt-4","messages":[]}')
  const response = await reached
  if (path === '') sent.destroy(error)
  else response.destroy(error)
  await ended
  recorder.recordPending()
}

// Errors as thrown by axios 1 and got 14.
test.each([
  ['axios', { name: 'AxiosError', code: 'ECONNABORTED', message: 'timeout of 80ms exceeded' }],
  ['got', { name: 'TimeoutError', code: 'ETIMEDOUT', message: "Timeout awaiting 'request' for 80ms" }],
])('a call that its client ends at its time limit fails with a timeout (%s)', async (_name, error) => {
  await callStoppedBy(Object.assign(new Error(), error))
  expect(observedCall(recorder)).toMatchObject({ outcome: 'failed', errorType: 'timeout' })
})

test.each([
  ['without a reason', undefined],
  ['axios', Object.assign(new Error('canceled'), { name: 'CanceledError', code: 'ERR_CANCELED' })],
])('a call that the application aborts is no failure (%s)', async (_name, error) => {
  await callStoppedBy(error)
  expect(callCount(recorder)).toBe(1)
  expect(observedCall(recorder)?.errorType).toBe('cancelled')
})

test('a stream that its client ends at its time limit fails with a timeout', async () => {
  await callStoppedBy(Object.assign(new Error(), { code: 'ECONNABORTED' }), '/chunk')
  expect(observedCall(recorder)).toMatchObject({ outcome: 'failed', errorType: 'timeout' })
})
