import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import { createTestRecorder } from '@quipu/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { counted } from '../../fixtures/counted.js'
import { observeModelCalls } from '../sources/observe-model-calls.js'

/** The `thread` of each request, and its number of messages. */
const sent: (readonly [thread: unknown, messages: number])[] = []
const question = { role: 'user', content: 'planted-prompt' } as const
const lost = { error_code: 'thread_not_found' }

/** Keeps threads, and has lost the one of the third request. */
const server = createServer(async (request, response) => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  const { thread, messages, stream } = JSON.parse(Buffer.concat(parts).toString())
  sent.push([thread.type, messages.length])
  const usage = { input_tokens: 10, output_tokens: 4 }
  const message = { id: `msg_${sent.length}`, type: 'message', role: 'assistant', model: 'claude-a', usage }
  const content = [{ type: 'text', text: 'planted-answer' }]
  if (sent.length === 3) {
    response.writeHead(404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ type: 'error', error: { type: 'not_found_error', message: 'planted', details: lost } }),
    )
  } else if (stream) {
    const events = [
      { type: 'message_start', message: { ...message, content: [] } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'planted-answer' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
      { type: 'message_stop' },
    ]
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join(''))
  } else {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ...message, content, stop_reason: 'end_turn' }))
  }
})
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

test('each turn of a message thread is a call; one that the client replays under a new thread is two', async () => {
  const recorder = createTestRecorder()
  const stop = observeModelCalls({ recorder })
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { messages } = new Anthropic({ apiKey: 'planted-key', baseURL, maxRetries: 0 }).beta
  const thread = messages.thread({ model: 'claude-a', max_tokens: 10 })
  await thread.send(question)
  expect((await thread.stream(question).finalMessage()).id).toBe('msg_2')
  await thread.send(question)
  stop()
  expect(sent).toEqual([
    ['create', 1],
    ['continue', 1],
    ['continue', 1],
    ['create', 5],
  ])
  expect(counted(recorder, 'llm_requests_total')).toEqual({ 'claude-a chat': 4 })
  expect(counted(recorder, 'llm_errors_total')).toEqual({ 'claude-a not_found': 1 })
  expect(recorder.value('llm_tokens_total', { model: 'claude-a', type: 'input' })).toBe(3 * 10)
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})
