import Anthropic from '@anthropic-ai/sdk'
import { createTestRecorder } from '@quipu/testing'
import { beforeEach, expect, test } from 'vitest'
import { OPEN_SESSION, sessionEvents, threadEvents, useAgentSessions } from '../../fixtures/agent-sessions.js'
import { counted } from '../../fixtures/counted.js'
import { observeModelCalls } from '../sources/observe-model-calls.js'

const sessions = useAgentSessions()
let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder({ prices: { 'claude-a': { input: 1, output: 1 } } })
})

/** Observes what a program does with its client. */
async function observing(program: (client: Anthropic['beta']['sessions']) => Promise<unknown>): Promise<void> {
  const stop = observeModelCalls({ recorder })
  await program(new Anthropic({ apiKey: 'planted-key', baseURL: sessions.url, maxRetries: 0 }).beta.sessions)
  stop()
}

async function readAll(events: AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>): Promise<number> {
  let count = 0
  for await (const _ of await events) count++
  return count
}

const calls = () => counted(recorder, 'llm_requests_total')

test('each model request in the events of a session is a call, with the model of the session', async () => {
  await observing(async (client) => {
    await client.create({ agent: 'agent_1', environment_id: 'env_1' })
    expect(await readAll(client.events.stream('sesn_1'))).toBe(sessionEvents.length)
  })
  expect(calls()).toEqual({ 'claude-a chat': 2, 'unknown chat': 1 })
  expect(counted(recorder, 'llm_errors_total')).toEqual({ 'claude-a unknown': 1 })
  const tokens = (model: string, type: 'input' | 'output') => recorder.value('llm_tokens_total', { model, type })
  expect([tokens('claude-a', 'input'), tokens('claude-a', 'output')]).toEqual([20, 4])
  // An evaluation of the outcome is one call: the provider reports the sum of its tokens.
  expect([tokens('unknown', 'input'), tokens('unknown', 'output')]).toEqual([105, 7])
})

test('a call has the duration that the events report, and a cost by the price table', async () => {
  await observing(async (client) => {
    await client.retrieve('sesn_1')
    await readAll(client.events.stream('sesn_1'))
  })
  expect(recorder.value('llm_request_duration_seconds', { model: 'claude-a', endpoint: 'chat' })).toMatchObject({
    count: 2,
    sum: 3,
  })
  expect(recorder.value('llm_request_duration_seconds', { model: 'unknown', endpoint: 'chat' })).toMatchObject({
    count: 1,
    sum: 4,
  })
  expect(Object.keys(counted(recorder, 'llm_cost_usd_total'))).toContain('claude-a input table')
})

test('a call without a report of its start has no duration', async () => {
  await observing((client) => readAll(client.events.list('sesn_1', { types: ['span.model_request_end'] })))
  expect([calls(), counted(recorder, 'llm_request_duration_seconds')]).toEqual([{ 'unknown chat': 2 }, {}])
})

test('a call counts as soon as its event arrives, although the stream stays open', async () => {
  await observing(async (client) => {
    for await (const { type } of await client.events.stream(OPEN_SESSION)) {
      if (type !== 'span.model_request_end') continue
      expect(calls()).toEqual({ 'unknown chat': 1 })
      break
    }
  })
  const duration = recorder.value('llm_request_duration_seconds', { model: 'unknown', endpoint: 'chat' })
  expect(duration).toMatchObject({ count: 1, sum: 2 })
})

test('an event counts once, however often the stream is opened and the events are listed', async () => {
  await observing(async (client) => {
    await client.retrieve('sesn_1')
    for (let i = 0; i < 3; i++) {
      await readAll(client.events.stream('sesn_1'))
      await readAll(client.events.list('sesn_1', { order: 'desc' }))
    }
  })
  expect(calls()).toEqual({ 'claude-a chat': 2, 'unknown chat': 1 })
})

test('the list of events alone counts them, without the model of a session that was not fetched', async () => {
  await observing((client) => readAll(client.events.list('sesn_1')))
  expect(calls()).toEqual({ 'unknown chat': 3 })
})

test.each([
  ['listed', (client: Anthropic['beta']['sessions']) => readAll(client.threads.list('sesn_1'))],
  ['fetched', (client: Anthropic['beta']['sessions']) => client.threads.retrieve('sthr_2', { session_id: 'sesn_1' })],
])('the model requests of a thread have the model of its agent, once the thread was %s', async (_, get) => {
  await observing(async (client) => {
    await get(client)
    expect(await readAll(client.threads.events.stream('sthr_2', { session_id: 'sesn_1' }))).toBe(threadEvents.length)
    await readAll(client.threads.events.list('sthr_2', { session_id: 'sesn_1' }))
  })
  expect(calls()).toEqual({ 'claude-b chat': 1 })
  expect(recorder.value('llm_request_duration_seconds', { model: 'claude-b', endpoint: 'chat' })).toMatchObject({
    count: 1,
    sum: 5,
  })
})

test('requests of other APIs to paths like these are not read', async () => {
  const stop = observeModelCalls({ recorder })
  for (const path of ['/v1/sessions', '/v1/sessions/sesn_1/events', '/v1/sessions/sesn_1/events/stream']) {
    await (await fetch(`${sessions.url}${path}`)).text()
  }
  stop()
  expect(calls()).toEqual({})
  expect(counted(recorder, 'quipu_instrumentation_info', ['kind'])).toEqual({ source: 3 })
})

test('no text of a session is recorded, and the protocol is named', async () => {
  await observing(async (client) => {
    await client.create({ agent: 'planted-agent', environment_id: 'env_1' })
    await readAll(client.events.stream('sesn_1'))
  })
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toMatch(/planted|sesn_|sevt_|outc_/)
  expect(shown).toContain('anthropic.sessions')
})
