import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { describe, expect, test, vi } from 'vitest'
import { useConversationServer } from '../../fixtures/conversation-server.js'
import { type Conversation, readConversations, responsePieces } from '../../fixtures/conversations.js'
import { callCount, observedCall, retryCount } from '../../fixtures/observed-call.js'
import { fetchSource } from '../wire/fetch-source.js'
import { observeModelCalls } from '../wire/observe-model-calls.js'
import { guarded, openExchange } from '../wire/open-exchange.js'
import { instrumentFetch } from './instrument-fetch.js'
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

type Recorder = ReturnType<typeof createTestRecorder>

/** A `fetch` that sends nothing: each piece of the response arrives a second after the previous one. */
function playing({ response }: Conversation, recorder: Recorder) {
  const pieces = [...responsePieces({ response } as Conversation)]
  return vi.fn(async (_url: string | URL | Request, _init?: RequestInit) => {
    const left = [...pieces]
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          const piece = left.shift()
          recorder.clock.advanceMs(piece === undefined ? 0 : 1000)
          if (piece === undefined) controller.close()
          else controller.enqueue(piece)
        },
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { status: response.status, headers: response.headers })
  })
}

// The content type of a form contains its boundary, and `fetch` returns a decoded body.
const playable = all.filter(
  ({ request, response }) => request.text === undefined && response.headers['content-encoding'] === undefined,
)

describe('a conversation is observed correctly', () => {
  test.each(playable.map((each) => [each.name, each] as const))('%s', async (_, conversation) => {
    const recorder = createTestRecorder()
    const { host, request } = conversation
    const fetch = instrumentFetch(playing(conversation, recorder), { recorder })
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

test('a client with the application’s own fetch is observed, with its retries', async () => {
  const recorder = createTestRecorder()
  const answers = [new Response('{}', { status: 503, headers: { 'retry-after-ms': '1' } })]
  const send = playing(plain, recorder)
  const fetch = async (...args: Parameters<typeof send>) => answers.shift() ?? (await send(...args))
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL: 'https://host/v1', fetch }), { recorder })
  await client.chat.completions.create({ model, messages })
  expect([callCount(recorder), retryCount(recorder)]).toEqual([1, 1])
})

test('a stream that its reader cancels is abandoned, and the application’s own stream is cancelled', async () => {
  const recorder = createTestRecorder()
  const client = instrument(
    new OpenAI({ apiKey: 'none', baseURL: 'https://host/v1', fetch: playing(streamed, recorder) }),
    { recorder },
  )
  for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
    if (chunk.choices[0]?.delta.content) break
  }
  expect(observedCall(recorder)?.outcome).toBe('abandoned')
})

test('a fetch that fails keeps its error', async () => {
  const recorder = createTestRecorder()
  const error = new TypeError('fetch failed')
  const fetch = instrumentFetch((_url: string, _init: object) => Promise.reject(error), { recorder })
  await expect(fetch('https://host/v1/embeddings', { method: 'POST', body: '{"model":"m"}' })).rejects.toBe(error)
  recorder.recordPending()
  expect(recorder.value('llm_errors_total', { model: 'm', error_type: 'connection' })).toBe(1)
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

test('the global fetch of a runtime without channels is replaced, and restored', async () => {
  const recorder = createTestRecorder()
  const own = globalThis.fetch
  vi.stubGlobal('fetch', playing(plain, recorder))
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
