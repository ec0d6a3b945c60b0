import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { request } from 'undici-7'
import { beforeAll, expect, test } from 'vitest'
import { instrument } from '../clients/openai.js'
import { observeModelCalls } from './observe-model-calls.js'

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
