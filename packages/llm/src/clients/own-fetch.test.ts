import { createTestRecorder } from '@quipu/testing'
import { instrumentFetch, observeModelCalls } from '@quipu/wire'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { useConversationServer } from '../../../wire/fixtures/conversation-server.js'
import { type Conversation, readConversations } from '../../../wire/fixtures/conversations.js'
import { callCount, observedCall, retryCount } from '../../../wire/fixtures/observed-call.js'
import { playingFetch } from '../../../wire/fixtures/playing-fetch.js'
import { instrument } from './openai.js'

const server = useConversationServer()
const all = readConversations()
const named = (name: string): Conversation => {
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no conversation ${name}`)
  return found
}
const plain = named('openai-chat: plain answer')
const streamed = named('openai-chat: stream')
const model = 'gpt-4'
const messages = [{ role: 'user' as const, content: 'Hi' }]

test('a client with the application’s own fetch is observed, with its retries', async () => {
  const recorder = createTestRecorder()
  const answers = [new Response('{}', { status: 503, headers: { 'retry-after-ms': '1' } })]
  const send = playingFetch(plain, recorder)
  const fetch = async (...args: Parameters<typeof send>) => answers.shift() ?? (await send(...args))
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL: 'https://host/v1', fetch }), { recorder })
  await client.chat.completions.create({ model, messages })
  expect([callCount(recorder), retryCount(recorder)]).toEqual([1, 1])
})

test('a stream that its reader cancels is abandoned, and the application’s own stream is cancelled', async () => {
  const recorder = createTestRecorder()
  const client = instrument(
    new OpenAI({ apiKey: 'none', baseURL: 'https://host/v1', fetch: playingFetch(streamed, recorder) }),
    { recorder },
  )
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    if (chunk.choices[0]?.delta.content) break
  }
  expect(observedCall(recorder)?.outcome).toBe('abandoned')
})

test.each([
  ['the global fetch', (...args: Parameters<typeof fetch>) => fetch(...args)],
  ['another observed fetch', instrumentFetch((...args: Parameters<typeof fetch>) => fetch(...args))],
])('a call that passes two observers counts once: %s', async (_, custom) => {
  server.play(plain)
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL: server.http, fetch: custom }), { recorder })
  await client.chat.completions.create({ model, messages })
  stop()
  expect([server.requestCount, callCount(recorder)]).toEqual([1, 1])
})
