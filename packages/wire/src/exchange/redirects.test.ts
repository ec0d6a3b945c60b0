import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { observeModelCalls } from '../sources/observe-model-calls.js'

const path = '/v1/chat/completions'
const model = 'gpt-4o'
const json = { 'content-type': 'application/json' }
const answer = JSON.stringify({
  model,
  choices: [{ message: { content: 'Hello' } }],
  usage: { prompt_tokens: 7, completion_tokens: 3 },
})

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** A server that redirects model calls below `/old`. */
async function listen(status: number, respond: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    request.resume()
    request.on('end', () => {
      if (request.url !== `/old${path}`) respond(response)
      else response.writeHead(status, { location: path }).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(
    () => server.close(),
    () => server.closeAllConnections(),
  )
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function observed() {
  const recorder = createTestRecorder()
  ends.push(observeModelCalls({ recorder }))
  return recorder
}

const post = (url: string, redirect: 'follow' | 'manual' = 'follow') =>
  fetch(`${url}/old${path}`, { method: 'POST', headers: json, body: JSON.stringify({ model, messages: [] }), redirect })

test('a redirected call is one call, and not a retry', async () => {
  const recorder = observed()
  const url = await listen(307, (response) => response.writeHead(200, json).end(answer))
  await (await post(url)).text()
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
  expect(recorder.value('llm_tokens_total', { model, type: 'input' })).toBe(7)
  expect(recorder.value('llm_usage_missing_total', { model, reason: 'not_reported' })).toBe(0)
  expect(recorder.value('llm_retries_total', { model, reason: 'unknown' })).toBe(0)
  expect(recorder.value('llm_open_calls', { model })).toBe(0)
})

test('a retry of a redirected call, which the client sends to the first location, is the same call', async () => {
  const recorder = observed()
  let failures = 1
  const url = await listen(308, (response) => {
    if (failures-- > 0) response.writeHead(429, { ...json, 'retry-after-ms': '1' }).end('{}')
    else response.writeHead(200, json).end(answer)
  })
  const client = new OpenAI({ apiKey: 'k', baseURL: `${url}/old/v1` })
  await client.chat.completions.create({ model, messages: [] })
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
  expect(recorder.value('llm_retries_total', { model, reason: 'rate_limit' })).toBe(1)
  expect(recorder.value('llm_rate_limits_total', { model })).toBe(0)
})

test.each([
  ['that is not followed', 307, 'manual'],
  ['to a page, which clients fetch with GET', 302, 'follow'],
] as const)('a call with a redirect %s has failed', async (_, status, redirect) => {
  const recorder = observed()
  const url = await listen(status, (response) => response.end('<html></html>'))
  await (await post(url, redirect)).text()
  recorder.recordPending()
  expect(recorder.value('llm_requests_total', { model, endpoint: 'chat' })).toBe(1)
  expect(recorder.value('llm_errors_total', { model, error_type: 'invalid_response' })).toBe(1)
  expect(recorder.value('llm_open_calls', { model })).toBe(0)
})
