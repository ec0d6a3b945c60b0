import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import OpenAI, * as openai7 from 'openai'
import { zodFunction } from 'openai/helpers/zod'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { versions } from '../../fixtures/openai-clients.js'
import { useToolModelServer } from '../../fixtures/tool-model-server.js'
import { instrument } from '../clients/openai.js'
import { observeOpenAi } from './run-tools.js'

const server = useToolModelServer()
const messages = [{ role: 'user' as const, content: 'planted-prompt' }]
const parameters = { type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } } }
const sum = ({ a, b }: { readonly a: number; readonly b: number }): string => String(a + b)
const tool = (execute: (args: { readonly a: number; readonly b: number }) => unknown) => ({
  type: 'function' as const,
  function: { name: 'sum', description: 'Adds.', parameters, parse: JSON.parse, function: execute },
})

/** Version 4 has it under `beta`. */
const runTools = (client: OpenAI, tools: readonly object[]): { finalContent(): Promise<string | null> } => {
  const completions = (client.beta as { readonly chat?: OpenAI['chat'] }).chat?.completions ?? client.chat.completions
  return Reflect.apply(Reflect.get(completions, 'runTools'), completions, [{ model: 'a-model', messages, tools }])
}

let recorder: ReturnType<typeof createTestRecorder>
beforeEach(() => {
  recorder = createTestRecorder()
  server.asks('sum', { a: 1, b: 2 })
})
afterEach(() => expect(recorder.lines.join('')).not.toContain('planted'))

describe.each(versions)('openai %s', (_, Client) => {
  const client = () => instrument(new Client({ apiKey: 'none', baseURL: server.url }), { recorder, endpoint: 'sums' })

  test('a function of runTools is a tool call, in addition to the model calls around it', async () => {
    const tools = [tool(sum)]
    const before = JSON.stringify(tools)
    expect(await runTools(client(), tools).finalContent()).toBe('planted-answer')
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model sums': 2 })
    expect(JSON.stringify(tools)).toBe(before)
  })

  test('a function that throws is a tool error, and rejects as without Quipu', async () => {
    const broken = tool(() => {
      throw new RangeError('planted-error')
    })
    await expect(runTools(client(), [broken]).finalContent()).rejects.toThrow('planted-error')
    expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=sum')
  })
})

test('a tool made by the helper for zod keeps its parser, and is a tool call', async () => {
  const client = instrument(new OpenAI({ apiKey: 'none', baseURL: server.url }), { recorder })
  const schema = z.object({ a: z.number(), b: z.number() })
  const tools = [zodFunction({ name: 'sum', parameters: schema, function: sum })]
  expect(await runTools(client, tools).finalContent()).toBe('planted-answer')
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
})

test('every client of the class, without a change to the application; an instrumented one is not counted twice', async () => {
  const stop = observeModelCalls({ recorder })
  expect(observeOpenAi(openai7)).toBe(true)
  await runTools(new OpenAI({ apiKey: 'none', baseURL: server.url }), [tool(sum)]).finalContent()
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  await runTools(instrument(new OpenAI({ apiKey: 'none', baseURL: server.url })), [tool(sum)]).finalContent()
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 2 })
  stop()
})
