import { channel } from 'node:diagnostics_channel'
import { createTestRecorder } from '@quipu/testing'
import { H2CClient, request } from 'undici-7'
import { expect, test } from 'vitest'
import { useConversationServer } from '../../fixtures/conversation-server.js'
import { readConversations } from '../../fixtures/conversations.js'
import { callCount, observedCall } from '../../fixtures/observed-call.js'
import { observeModelCalls } from './observe-model-calls.js'

const server = useConversationServer()
const streamed = readConversations().find(({ name }) => name === 'openai-chat: stream')

test('a call of undici over HTTP/2, which Node publishes too, is one call', async () => {
  if (streamed === undefined) throw new Error('there is no such conversation')
  server.play(streamed)
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const dispatcher = new H2CClient(server.http2)
  const body = JSON.stringify(streamed.request.body)
  const headers = { 'content-type': 'application/json' }
  const response = await request(`${server.http2}/v1/chat/completions`, { method: 'POST', headers, body, dispatcher })
  expect(await response.body.text()).toContain('[DONE]')
  stop()
  await dispatcher.close()
  recorder.recordPending()
  expect([server.requestCount, callCount(recorder)]).toEqual([1, 1])
  expect(observedCall(recorder)).toMatchObject({ outcome: 'complete', usage: streamed.expected.usage })
})

test('a response whose headers are an object, as undici 8 publishes them over HTTP/2, is read', () => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const sent = {
    method: 'POST',
    path: '/v1/chat/completions',
    origin: 'https://api.openai.com',
    headers: ['content-type', 'application/json'],
    body: JSON.stringify({ model: 'gpt-4', messages: [] }),
    onBodySent: (_chunk: unknown) => undefined,
    onResponseData: (_chunk: unknown) => undefined,
  }
  const publish = (name: string, more: object = {}) =>
    channel(`undici:request:${name}`).publish({ request: sent, ...more })
  publish('create')
  sent.onBodySent(sent.body)
  publish('bodySent')
  publish('headers', { response: { statusCode: 200, headers: { 'content-type': 'application/json' } } })
  sent.onResponseData(JSON.stringify({ model: 'gpt-4', usage: { prompt_tokens: 7, completion_tokens: 3 } }))
  publish('trailers')
  stop()
  recorder.recordPending()
  expect(recorder.value('llm_tokens_total', { model: 'gpt-4', type: 'input' })).toBe(7)
})
