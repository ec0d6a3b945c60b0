import { createTestRecorder } from '@quipu/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { counted } from '../../../wire/fixtures/counted.js'
import { type ClaudeAgentOptions, instrument } from './claude-agent.js'

const model = 'claude-opus-4-5'
const init = { type: 'system', subtype: 'init', model, tools: ['Read', 'Bash'] }
const asks = (id: string, name: string) => ({
  type: 'assistant',
  message: { content: [{ type: 'tool_use', id, name, input: { path: 'planted-file' } }] },
})
const answers = (id: string, isError = false) => ({
  type: 'user',
  message: { content: [{ type: 'tool_result', tool_use_id: id, content: 'planted-content', is_error: isError }] },
})

/** The totals of a session after a number of turns, as each result reports them. */
const result = (turns: number, more = {}) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  duration_ms: 1500,
  result: 'planted-answer',
  usage: { input_tokens: 7, output_tokens: 3, cache_read_input_tokens: 1 },
  modelUsage: {
    [model]: {
      inputTokens: 10 * turns,
      outputTokens: 5 * turns,
      cacheReadInputTokens: 100 * turns,
      cacheCreationInputTokens: 20 * turns,
      costUSD: 0.25 * turns,
    },
  },
  ...more,
})

/** Like the SDK's object, whose iterator is another object, to which it passes its steps. */
function queryOf(messages: readonly object[], end: () => void = () => undefined) {
  const generator = (async function* () {
    for (const message of messages) yield message
    end()
  })()
  return { next: () => generator.next(), [Symbol.asyncIterator]: () => generator }
}

let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder()
})
afterEach(() => {
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

async function run(messages: readonly object[], options: ClaudeAgentOptions = {}): Promise<object[]> {
  const query = queryOf(messages)
  const observed = instrument(query, { recorder, endpoint: 'agent', ...options })
  expect(observed).toBe(query)
  const seen: object[] = []
  for await (const message of observed) seen.push(message)
  return seen
}

const tokensOf = (type: 'input' | 'output') => recorder.value('llm_tokens_total', { model, type })

test('a turn: its messages unchanged, tokens with the cached ones, cost, tool calls and the run of the agent', async () => {
  const messages = [init, asks('t-1', 'Read'), answers('t-1'), asks('t-2', 'Bash'), answers('t-2', true), result(1)]
  expect(await run(messages)).toEqual(messages)
  expect(counted(recorder, 'llm_requests_total')).toEqual({ [`${model} agent`]: 1 })
  expect([tokensOf('input'), tokensOf('output')]).toEqual([130, 5])
  expect(recorder.value('llm_cost_usd_total', { model, type: 'all', source: 'provider' })).toBe(0.25)
  expect(counted(recorder, 'tool_usage')).toEqual({ Read: 1, Bash: 1 })
  expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=Bash')
  expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'claude-agent': 1 })
})

test('several turns: each result counts the usage since the last one', async () => {
  await run([init, result(1), init, result(2), init, result(3)])
  expect(counted(recorder, 'llm_requests_total')).toEqual({ [`${model} agent`]: 3 })
  expect([tokensOf('input'), tokensOf('output')]).toEqual([390, 15])
})

test('totals that restart within a session are counted from zero', async () => {
  await run([init, result(3), init, result(1)])
  expect(tokensOf('output')).toBe(20)
})

test('in a resumed session only the usage of its turns is counted', async () => {
  await run([init, result(9), init, result(10)], { isResumed: true })
  expect(tokensOf('output')).toBe(3 + 5)
})

test('a turn that failed is a failed run of the agent', async () => {
  await run([init, result(0, { is_error: true, subtype: 'error_during_execution', api_error_status: 529 })])
  expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'claude-agent overloaded': 1 })
})

test('tools that the session does not list create no series', async () => {
  await run([init, asks('t-1', 'planted-tool'), answers('t-1'), result(1)])
  expect(counted(recorder, 'tool_usage')).toEqual({ other: 1 })
})

test('a consumer that stops reading ends the run, and open tool calls with it', async () => {
  for await (const _ of instrument(queryOf([init, asks('t-1', 'Read'), result(1)]), { recorder })) {
    if (_ !== init) break
  }
  expect(counted(recorder, 'tool_usage')).toEqual({ Read: 1 })
  expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'claude-agent': 1 })
})

test('an error of the process reaches the consumer, and its turn failed', async () => {
  const fails = queryOf([init], () => {
    throw new Error('planted-error')
  })
  const observed = instrument(fails, { recorder })
  await expect(
    (async () => {
      for await (const _ of observed);
    })(),
  ).rejects.toThrow('planted-error')
  expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'claude-agent connection': 1 })
})

test('messages of any other shape are passed on', async () => {
  const messages = [{}, { type: 'result', modelUsage: 'none' }, { type: 'assistant', message: null }, { type: 5 }]
  expect(await run(messages)).toEqual(messages)
})
