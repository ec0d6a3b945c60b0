import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { callCount } from '../../fixtures/observed-call.js'
import { observeModelCalls } from '../sources/observe-model-calls.js'

const model = 'gpt-5'
const usage = { input_tokens: 40, output_tokens: 2, total_tokens: 42 }
const output = [{ type: 'message', content: [{ type: 'output_text', text: 'Hello' }] }]
let polls = 0
let isBackground = true

/** A response at one poll: queued, then in progress, then finished. */
function responseAt(poll: number, id = 'resp_1'): object {
  const status = poll === 0 ? 'queued' : poll === 1 ? 'in_progress' : id === 'resp_failed' ? 'failed' : 'completed'
  const over = { completed_at: 1_764_270_009, output, usage, error: { code: 'server_error' } }
  return {
    id,
    object: 'response',
    created_at: 1_764_270_000,
    background: isBackground,
    model,
    status,
    output: [],
    ...(poll > 1 && over),
  }
}

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const { url = '', method } = request
    const id = /\/responses\/([^/?]+)/.exec(url)?.[1]
    if (method === 'POST' && request.headers['x-stream'] !== undefined) {
      const created = { type: 'response.created', response: responseAt(0) }
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(`data: ${JSON.stringify(created)}\n\n`)
      return
    }
    const body = method === 'POST' ? responseAt(isBackground ? 0 : 2) : responseAt(++polls, id)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => void server.close())
beforeEach(() => {
  polls = 0
  isBackground = true
})

type Recorder = ReturnType<typeof createTestRecorder>

async function observed(use: (client: OpenAI, recorder: Recorder) => Promise<unknown>): Promise<Recorder> {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  try {
    await use(new OpenAI({ baseURL: url, apiKey: 'none', maxRetries: 0 }), recorder)
    recorder.recordPending()
    return recorder
  } finally {
    stop()
  }
}

const tokens = (recorder: Recorder) => recorder.value('llm_tokens_total', { model, type: 'total' })
const start = (client: OpenAI) => client.responses.create({ model, input: 'Hi', background: true })
async function poll(client: OpenAI, times: number, id = 'resp_1'): Promise<void> {
  for (let i = 0; i < times; i++) await client.responses.retrieve(id)
}

test('a background response is counted when its result is fetched', async () => {
  const recorder = await observed(async (client, recorder) => {
    await start(client)
    await poll(client, 1)
    recorder.recordPending()
    expect(callCount(recorder)).toBe(0)
    await poll(client, 1)
  })
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
  expect(recorder.value('llm_open_calls', { model })).toBe(0)
})

test('it is counted once for any number of fetches', async () => {
  const recorder = await observed(async (client) => {
    await start(client)
    await poll(client, 5)
  })
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
})

test('a process that only fetches the result counts it, with the provider’s duration', async () => {
  const recorder = await observed((client) => poll(client, 4))
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
  expect(recorder.value('llm_request_duration_seconds', { model, endpoint: 'chat' })).toMatchObject({ sum: 9 })
})

test('a failed one counts as failed', async () => {
  const recorder = await observed((client) => poll(client, 2, 'resp_failed'))
  expect(recorder.value('llm_errors_total', { model, error_type: 'server_error' })).toBe(1)
})

test('a stored response that did not run in the background is not counted again', async () => {
  isBackground = false
  const recorder = await observed(async (client) => {
    await client.responses.create({ model, input: 'Hi' })
    await poll(client, 3)
  })
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
})

test('a stream of it that ends early does not end it', async () => {
  const recorder = await observed(async (client) => {
    const headers = { 'x-stream': '1' }
    const stream = await client.responses.create({ model, input: 'Hi', background: true, stream: true }, { headers })
    for await (const _event of stream);
    await poll(client, 2)
  })
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
})

test('within a call of the application it is part of that call', async () => {
  const recorder = await observed((client, recorder) =>
    recorder.withLlmCall({ model, endpoint: 'report' }, async () => {
      await start(client)
      await poll(client, 2)
    }),
  )
  expect(recorder.value('llm_requests_total', { model, endpoint: 'report' })).toBe(1)
  expect([callCount(recorder), tokens(recorder)]).toEqual([1, 42])
})
