import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import OpenAI from 'openai'
import { request } from 'undici-7'
import { beforeAll, expect, test } from 'vitest'
import { instrument } from '../clients/openai.js'

const model = 'a-model'
const messages = [{ role: 'user' as const, content: 'planted-prompt' }]

/** A port that was open before and is closed now. */
let origin = ''
beforeAll(async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await new Promise((resolve) => server.close(resolve))
})

const calls: readonly (readonly [string, (recorder: ReturnType<typeof createTestRecorder>) => PromiseLike<unknown>])[] =
  [
    [
      'an instrumented client',
      (recorder) =>
        instrument(new OpenAI({ apiKey: 'none', baseURL: `${origin}/v1`, maxRetries: 0 }), {
          recorder,
        }).chat.completions.create({ model, messages }),
    ],
    [
      'undici',
      (recorder) => {
        const stop = observeModelCalls({ recorder })
        const body = JSON.stringify({ model, messages })
        return request(`${origin}/v1/chat/completions`, { method: 'POST', body }).finally(stop)
      },
    ],
  ]

test.each(calls)('a call of %s without a connection fails under the name of its model', async (_, call) => {
  const recorder = createTestRecorder()
  await expect(Promise.resolve(call(recorder))).rejects.toThrow()
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
  expect(recorder.value('llm_errors_total', { model, error_type: 'connection' })).toBe(1)
})

/** `fetch` does not show a body that it does not send, so these calls have no model. */
const fetchOnce = (content: string) =>
  fetch(`${origin}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  }).catch(() => undefined)

const unknown = { model: 'unknown', endpoint: 'chat' }

test('calls of fetch that start together without a connection are as many calls', async () => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const calls = ['a', 'a', 'b', 'long'].map(fetchOnce)
  recorder.clock.advanceMs(5)
  await Promise.all(calls)
  stop()
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', unknown)).toBe(4)
  expect(recorder.value('llm_retries_total', { model: 'unknown', reason: 'connection' })).toBe(0)
})

test('a call without a connection is retried only by a request whose body has the same length', async () => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  for (const content of ['first', 'first', 'another call']) await fetchOnce(content)
  stop()
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', unknown)).toBe(2)
  expect(recorder.value('llm_retries_total', { model: 'unknown', reason: 'connection' })).toBe(1)
})
