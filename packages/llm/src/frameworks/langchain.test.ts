import * as callbacks from '@langchain/core/callbacks/manager'
import * as tools from '@langchain/core/tools'
import { tool } from '@langchain/core/tools'
import * as caller from '@langchain/core/utils/async_caller'
import { Annotation, END, START, StateGraph } from '@langchain/langgraph'
import { ChatOpenAI } from '@langchain/openai'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import { createAgent } from 'langchain'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { tokens, useToolModelServer } from '../../fixtures/tool-model-server.js'
import { instrument } from '../clients/langchain.js'
import { observeLangChain } from './observe-langchain.js'

const server = useToolModelServer()
const model = (options = {}) =>
  new ChatOpenAI({
    apiKey: 'none',
    model: 'a-model',
    maxRetries: 2,
    configuration: { baseURL: server.url },
    ...options,
  })
const schema = z.object({ a: z.number(), b: z.number() })
const sum = () => tool(({ a, b }) => String(a + b), { name: 'sum', description: 'Adds.', schema })
const broken = () =>
  tool(
    () => {
      throw new Error('planted-error')
    },
    { name: 'broken', description: 'Fails.', schema },
  )
const question = { messages: [{ role: 'user', content: 'planted-prompt' }] }

let recorder: ReturnType<typeof createTestRecorder>
let stop: () => void

describe('the classes of LangChain are observed', () => {
  beforeEach(() => {
    recorder = createTestRecorder()
    stop = observeModelCalls({ recorder })
    for (const exports of [caller, tools, callbacks]) expect(observeLangChain(exports)).toBe(true)
  })
  afterEach(() => {
    stop()
    expect(JSON.stringify(recorder.readings().map((reading) => reading.cells()))).not.toContain('planted')
  })

  test('an agent: each model call and each tool call counts once, and the run has the name of the agent', async () => {
    server.asks('sum', { a: 1, b: 2 })
    const agent = createAgent({ model: model(), tools: [sum()], name: 'adder' })
    const { messages } = await agent.invoke(question)
    expect(messages.at(-1)?.content).toBe('planted-answer')
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': server.requestCount })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'input' })).toBe(2 * tokens.input)
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ adder: 1 })
    const of = { 'gen_ai.agent.name': 'adder' }
    expect(recorder.value('gen_ai.invoke_agent.inference_calls', of)).toMatchObject({ count: 1, sum: 2 })
    expect(recorder.value('gen_ai.invoke_agent.tool_calls', of)).toMatchObject({ count: 1, sum: 1 })
    expect(recorder.lines.filter((line) => line.includes('tool'))).toContain(
      '[METRIC] [unknown] tool_call tool_name=sum',
    )
  })

  test('a tool that throws is a tool error, and the agent gets the error that it gets without Quipu', async () => {
    server.asks('broken', { a: 1, b: 2 })
    const agent = createAgent({ model: model(), tools: [broken()] })
    await agent.invoke(question).catch(() => undefined)
    expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=broken')
    await expect(broken().invoke({ a: 1, b: 2 })).rejects.toThrow('planted-error')
  })

  test('a graph is a workflow of its name, and a chain without a graph is not a workflow', async () => {
    const State = Annotation.Root({ count: Annotation<number> })
    const graph = new StateGraph(State)
      .addNode('step', async ({ count }) => ({ count: count + 1 }))
      .addEdge(START, 'step')
      .addEdge('step', END)
      .compile({ name: 'counting' })
    expect(await graph.invoke({ count: 1 })).toEqual({ count: 2 })
    await model().invoke('planted-prompt')
    expect(counted(recorder, 'gen_ai.invoke_workflow.duration')).toEqual({ counting: 1 })
  })

  test('a graph whose consumer stops reading is not counted as complete', async () => {
    server.asks('sum', { a: 1, b: 2 })
    const agent = createAgent({ model: model(), tools: [sum()], name: 'left' })
    for await (const _ of await agent.stream(question)) break
    await expect.poll(() => counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'left cancelled': 1 })
  })

  test.each([429, 500])('LangChain’s retries after status %d are one call with two retries', async (status) => {
    server.fails(2, status)
    await model().invoke('planted-prompt')
    expect(server.requestCount).toBe(3)
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 1 })
    expect(Object.values(counted(recorder, 'llm_retries_total'))).toEqual([2])
  })

  test('a call that fails after all retries is one failed call', async () => {
    server.fails(Number.POSITIVE_INFINITY, 500)
    await expect(model().invoke('planted-prompt')).rejects.toThrow()
    recorder.recordPending()
    expect(counted(recorder, 'llm_errors_total')).toEqual({ 'a-model server_error': 1 })
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 1 })
  })

  test('equal concurrent requests of several users are separate calls', async () => {
    server.fails(3, 500)
    await Promise.all(Array.from({ length: 5 }, () => model().invoke('planted-prompt')))
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 5 })
    expect(Object.values(counted(recorder, 'llm_retries_total'))).toEqual([3])
  })
})

test('an instrumented tool is counted by its own recorder', async () => {
  const own = createTestRecorder()
  const adder = sum()
  expect(instrument(adder, { recorder: own })).toBe(adder)
  expect(await adder.invoke({ a: 1, b: 2 })).toBe('3')
  expect(counted(own, 'tool_usage')).toEqual({ sum: 1 })
})

test('the retries of an instrumented model are attempts of one call', async () => {
  const own = createTestRecorder()
  server.fails(2, 500)
  await instrument(model(), { recorder: own, endpoint: 'summary' }).invoke('planted-prompt')
  expect(counted(own, 'llm_requests_total')).toEqual({ 'a-model summary': 1 })
})
