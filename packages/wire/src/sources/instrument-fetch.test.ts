import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { describe, expect, test, vi } from 'vitest'
import { type Conversation, readConversations } from '../../fixtures/conversations.js'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { playingFetch } from '../../fixtures/playing-fetch.js'
import { guarded } from '../exchange/guarded.js'
import { openExchange } from '../exchange/open-exchange.js'
import { fetchSource } from './fetch-source.js'
import { instrumentFetch } from './instrument-fetch.js'
import { observeModelCalls } from './observe-model-calls.js'

const all = readConversations()
const named = (name: string): Conversation => {
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw new Error(`there is no conversation ${name}`)
  return found
}
const plain = named('openai-chat: plain answer')
const model = 'gpt-4'
const messages = [{ role: 'user' as const, content: 'Hi' }]

// The content type of a form contains its boundary, and `fetch` returns a decoded body.
const playable = all.filter(
  ({ request, response }) => request.text === undefined && response.headers['content-encoding'] === undefined,
)

describe('a conversation is observed correctly', () => {
  test.each(playable.map((each) => [each.name, each] as const))('%s', async (_, conversation) => {
    const recorder = createTestRecorder()
    const { host, request } = conversation
    const fetch = instrumentFetch(playingFetch(conversation, recorder), { recorder })
    const response = await fetch(`https://${host}${request.path}`, {
      method: request.method,
      headers: { ...request.headers },
      body: JSON.stringify(request.body),
    })
    await response.arrayBuffer()
    recorder.recordPending()
    expect(observedCall(recorder)).toEqual(conversation.expected)
  })
})

test('a response is the same for its client', async () => {
  const recorder = createTestRecorder()
  const answer = new Response('{"model":"gpt-4"}', { status: 201, statusText: 'Made', headers: { 'x-a': '1' } })
  Object.defineProperty(answer, 'url', { value: 'https://host/v1/chat/completions' })
  const fetch = instrumentFetch(async (_url: string, _init: object) => answer, { recorder })
  const got = await fetch('https://host/v1/chat/completions', { method: 'POST', body: '{"model":"gpt-4"}' })
  expect(got).toBeInstanceOf(Response)
  expect(got.status).toBe(201)
  expect([got.statusText, got.url, got.ok, got.headers.get('x-a')]).toEqual([
    'Made',
    'https://host/v1/chat/completions',
    true,
    '1',
  ])
  expect(await got.clone().json()).toEqual({ model: 'gpt-4' })
  expect(await got.json()).toEqual({ model: 'gpt-4' })
})

test('other requests are passed on unchanged', async () => {
  const answer = new Response('ok')
  const promise = Promise.resolve(answer)
  const fetch = instrumentFetch((_url: string, _init?: object) => promise, { recorder: createTestRecorder() })
  expect(fetch('https://host/users', { method: 'POST' })).toBe(promise)
  expect(fetch('https://host/v1/chat/completions')).toBe(promise)
})

test('a fetch that fails keeps its error', async () => {
  const recorder = createTestRecorder()
  const error = new TypeError('fetch failed')
  const fetch = instrumentFetch((_url: string, _init: object) => Promise.reject(error), { recorder })
  await expect(fetch('https://host/v1/embeddings', { method: 'POST', body: '{"model":"m"}' })).rejects.toBe(error)
  recorder.recordPending()
  expect(recorder.value('llm_errors_total', { model: 'm', error_type: 'connection' })).toBe(1)
})

test('the global fetch of a runtime without channels is replaced, and restored', async () => {
  const recorder = createTestRecorder()
  const own = globalThis.fetch
  vi.stubGlobal('fetch', playingFetch(plain, recorder))
  const replaced = globalThis.fetch
  const stopObserving = observeModelCalls({ recorder })
  const stop = fetchSource.subscribe(openExchange, guarded)
  const client = new OpenAI({ apiKey: 'none', baseURL: 'https://host/v1' })
  await client.chat.completions.create({ model, messages })
  stop()
  expect(globalThis.fetch).toBe(replaced)
  stopObserving()
  vi.unstubAllGlobals()
  expect(globalThis.fetch).toBe(own)
  expect(callCount(recorder)).toBe(1)
})
