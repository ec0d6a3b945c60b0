import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { counted } from '../../fixtures/counted.js'
import { observeModelCalls } from '../sources/observe-model-calls.js'
import { KnownReports } from './known-reports.js'

const usage = { input_tokens: 10, output_tokens: 4, cache_read_input_tokens: 2, service_tier: 'batch' }
const content = [{ type: 'text', text: 'planted-answer' }]
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-a', content, usage }
const error = { type: 'error', error: { type: 'overloaded_error', message: 'planted-error' } }
const results = [
  { type: 'succeeded', message },
  { type: 'canceled' },
  { type: 'errored', error },
  { type: 'succeeded', message: { ...message, model: 'claude-b' } },
  { type: 'expired' },
].map((result, i) => JSON.stringify({ custom_id: `planted-id-${i}`, result }))

let url = ''
const server = createServer((request, response) => {
  request.resume()
  if (request.url?.endsWith('/results')) {
    response.writeHead(200, { 'content-type': 'application/x-jsonl' })
    for (const line of results) response.write(`${line}\n`)
    response.end()
    return
  }
  const batch = { id: 'msgbatch_1', processing_status: 'ended', results_url: `${url}${request.url}/results` }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(batch))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder({ prices: { 'claude-a': { input: 1, output: 1 } } })
})

async function read(batch: string, limit = Number.POSITIVE_INFINITY): Promise<number> {
  let count = 0
  const client = new Anthropic({ apiKey: 'planted-key', baseURL: url, maxRetries: 0 })
  for await (const _ of await client.messages.batches.results(batch)) if (++count >= limit) break
  return count
}

test('each result is a call with its tokens, once however often the results are read', async () => {
  const stop = observeModelCalls({ recorder })
  expect([await read('batch-1', 1), await read('batch-1'), await read('batch-1'), await read('batch-2')]).toEqual([
    1,
    results.length,
    results.length,
    results.length,
  ])
  stop()
  expect(counted(recorder, 'llm_requests_total')).toEqual({
    'claude-a chat': 2,
    'claude-b chat': 2,
    'unknown chat': 2,
  })
  expect(recorder.value('llm_tokens_total', { model: 'claude-a', type: 'input' })).toBe(2 * 12)
  expect(recorder.value('llm_tokens_total', { model: 'claude-b', type: 'output' })).toBe(2 * 4)
  expect(counted(recorder, 'llm_errors_total')).toEqual({ 'unknown overloaded': 2 })
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

test('a result has no duration, and no cost by the prices of single calls', async () => {
  const stop = observeModelCalls({ recorder })
  await read('batch-1')
  stop()
  expect(counted(recorder, 'llm_request_duration_seconds')).toEqual({})
  expect(counted(recorder, 'gen_ai.client.operation.duration')).toEqual({})
  expect(counted(recorder, 'llm_cost_usd_total')).toEqual({})
})

test('the number of remembered batches is bounded', () => {
  const reports = new KnownReports()
  for (let i = 0; i < 1001; i++) expect(reports.countPosition(`batch-${i}`, 1)).toBe(true)
  expect([reports.countPosition('batch-1000', 1), reports.countPosition('batch-0', 1)]).toEqual([false, true])
})
