import diagnostics from 'node:diagnostics_channel'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { at } from '../shape.js'
import { observeModelCalls } from './observe-model-calls.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** Sends the headers of a stream, and one chunk or all of it if the path says so; else the rest never comes. */
let server: Server
let url = ''
beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      if (request.url?.startsWith('/whole')) response.end('data: [DONE]\n\n')
      if (request.url?.startsWith('/chunk')) {
        response.write('data: {"model":"gpt-4","choices":[{"index":0,"delta":{"content":"No"}}]}\n\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
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

const send = (path: string, signal?: AbortSignal) =>
  fetch(`${url}${path}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4', messages: [], stream: true }),
    ...(signal && { signal }),
  })

async function recorded(): Promise<string | undefined> {
  while (callCount(recorder) === 0) await nextTurn()
  return observedCall(recorder)?.outcome
}

test.each<[reason: string, value: unknown]>([
  ['no reason', undefined],
  ['an error of the application', new Error('the user left')],
  ['a text', 'the user left'],
  ['an object', { left: true }],
])('a response whose reader stops with %s is not a failure', async (_, reason) => {
  const controller = new AbortController()
  const reader = (await send('/chunk', controller.signal)).body?.getReader()
  await reader?.read()
  controller.abort(reason)
  await reader?.read().catch(() => undefined)
  expect(await recorded()).toBe('abandoned')
})

test('a response whose body is cancelled is abandoned', async () => {
  const reader = (await send('/chunk')).body?.getReader()
  await reader?.read()
  await reader?.cancel('enough')
  expect(await recorded()).toBe('abandoned')
})

test.each([
  ['without output is unread', '', 'unread'],
  ['with output is abandoned', '/chunk', 'abandoned'],
])('a response that is collected %s', async (_, path, outcome) => {
  await send(path)
  while (callCount(recorder) === 0) {
    collectGarbage()
    await nextTurn()
  }
  expect(await recorded()).toBe(outcome)
})

test.each([
  ['is complete', '/whole', 'complete'],
  ['is cancelled', '/chunk', 'abandoned'],
])('a request whose response %s holds nothing of its call', async (_, path, outcome) => {
  let request: unknown
  const keep = (message: unknown) => {
    request = at(message, 'request')
  }
  diagnostics.subscribe('undici:request:create', keep)
  const reader = (await send(path)).body?.getReader()
  diagnostics.unsubscribe('undici:request:create', keep)
  const held = () =>
    Object.getOwnPropertySymbols(request)
      .filter(({ description }) => description === 'quipu.observed')
      .map((symbol) => Reflect.get(Object(request), symbol))
  expect(held()).toHaveLength(1)
  await reader?.read()
  await reader?.cancel()
  expect(await recorded()).toBe(outcome)
  expect(held()).toEqual([undefined])
})
