import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createTestRecorder } from '@quipu/testing'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { counted } from '../../fixtures/counted.js'
import { observeModelCalls } from '../sources/observe-model-calls.js'

const chat = {
  object: 'chat.completion',
  model: 'gpt-a',
  choices: [{ message: { role: 'assistant', content: 'planted-answer' } }],
  usage: { prompt_tokens: 10, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } },
}
const response = {
  object: 'response',
  status: 'completed',
  model: 'gpt-b',
  output: [{ type: 'message', content: [{ type: 'output_text', text: 'planted-answer' }] }],
  usage: { input_tokens: 20, output_tokens: 5 },
}
const embeddings = { object: 'list', model: 'embed-a', data: [{ embedding: [1, 2] }], usage: { prompt_tokens: 7 } }
const moderation = { id: 'modr_1', model: 'moderation-a', results: [{ flagged: false }] }
const failure = { error: { message: 'planted-error', type: 'requests', code: 'rate_limit_exceeded' } }

const result = (i: number, body: object, status_code = 200) => ({
  id: `batch_req_${i}`,
  custom_id: `planted-id-${i}`,
  response: { status_code, request_id: `req_${i}`, body },
  error: null,
})
const output = [
  ...[chat, response, embeddings, moderation, chat].map((body, i) => result(i, body)),
  result(5, failure, 429),
  {
    id: 'batch_req_6',
    custom_id: 'planted-id-6',
    response: null,
    error: { code: 'batch_expired', message: 'planted' },
  },
]
/** As Azure writes it, where the order of members differs. */
const azure = [
  { custom_id: 'planted-id', response: { body: chat, request_id: 'req_1', status_code: 200 }, error: null },
]
const lines = (documents: readonly object[]): string => documents.map((each) => JSON.stringify(each)).join('\n')

const files: { readonly [id: string]: string | Buffer } = {
  output: lines(output),
  other: lines(output.slice(0, 1)),
  azure: lines(azure),
  input: lines([
    {
      custom_id: 'planted-id',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { ...chat, response: result(1, chat) },
    },
  ]),
  training: lines([{ messages: [{ role: 'user', content: 'custom_id'.repeat(100) }] }, ...output]),
  list: JSON.stringify(output),
  image: Buffer.from('89504e470d0a1a0a', 'hex'),
  empty: '',
}

let url = ''
const server = createServer((request, answer) => {
  request.resume()
  const body = files[/\/files\/([^/]+)\/content/.exec(request.url ?? '')?.[1] ?? ''] ?? ''
  answer.writeHead(200, { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' }).end(gzipSync(body))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder({ prices: { 'gpt-a': { input: 1, output: 1 } } })
})

async function download(...ids: readonly string[]): Promise<void> {
  const stop = observeModelCalls({ recorder })
  const client = new OpenAI({ apiKey: 'planted-key', baseURL: url, maxRetries: 0 })
  for (const id of ids) {
    const content = Buffer.from(await (await client.files.content(id)).arrayBuffer())
    expect(content).toEqual(Buffer.from(files[id] ?? ''))
  }
  stop()
}
const calls = () => counted(recorder, 'llm_requests_total')

test('each result in the output file of a batch is a call of its endpoint, once however often the file is read', async () => {
  await download('output', 'output', 'other')
  expect(calls()).toEqual({
    'gpt-a chat': 3,
    'gpt-b chat': 1,
    'embed-a embeddings': 1,
    'moderation-a moderation': 1,
    'unknown chat': 1,
  })
  expect(recorder.value('llm_tokens_total', { model: 'gpt-a', type: 'input' })).toBe(3 * 10)
  expect(recorder.value('llm_tokens_total', { model: 'gpt-b', type: 'output' })).toBe(5)
  expect(counted(recorder, 'llm_rate_limits_total')).toEqual({ unknown: 1 })
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
  expect(shown).toContain('openai.batch')
})

test('the output file of Azure is read', async () => {
  await download('azure')
  expect(calls()).toEqual({ 'gpt-a chat': 1 })
})

test('a result has no duration, and no cost by the prices of single calls', async () => {
  await download('output')
  expect(counted(recorder, 'llm_request_duration_seconds')).toEqual({})
  expect(counted(recorder, 'llm_cost_usd_total')).toEqual({})
})

test.each(['input', 'training', 'list', 'image', 'empty'])('the file "%s" is not the output of a batch', async (id) => {
  await download(id)
  expect(calls()).toEqual({})
  expect(counted(recorder, 'quipu_instrumentation_info', ['kind'])).toEqual({ source: 3 })
})
