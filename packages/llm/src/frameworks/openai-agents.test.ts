import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import * as agents from '@openai/agents'
import * as agentsCore from '@openai/agents-core'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { useToolModelServer } from '../../fixtures/tool-model-server.js'
import { instrument as instrumentMcp } from '../mcp/instrument.js'
import { createAgentsProcessor, observeOpenAiAgents } from './openai-agents.js'

const server = useToolModelServer()
const parameters = z.object({ a: z.number(), b: z.number() })
let recorder: ReturnType<typeof createTestRecorder>
let stop: () => void

beforeAll(() => {
  // Tracing is off in tests by default, and its default processor sends to OpenAI.
  agents.setTracingDisabled(false)
  expect(observeOpenAiAgents(agentsCore)).toBe(true)
  expect(observeOpenAiAgents(agentsCore)).toBe(true)
  const own = [createAgentsProcessor({ recorder: createTestRecorder() })]
  agents.setTraceProcessors(own)
  expect(own).toHaveLength(1)
  agents.setOpenAIAPI('chat_completions')
})
beforeEach(() => {
  agents.setDefaultOpenAIClient(new OpenAI({ apiKey: 'none', baseURL: server.url }))
  recorder = createTestRecorder()
  stop = observeModelCalls({ recorder })
  server.asks('sum', { a: 1, b: 2 })
})
afterEach(() => {
  stop()
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})
afterAll(() => agents.setTracingDisabled(true))

const callsOf = (agent: string) => ({
  inference: recorder.value('gen_ai.invoke_agent.inference_calls', { 'gen_ai.agent.name': agent })?.sum,
  tool: recorder.value('gen_ai.invoke_agent.tool_calls', { 'gen_ai.agent.name': agent })?.sum,
})

const agentWith = (execute: (args: z.infer<typeof parameters>) => unknown) =>
  new agents.Agent({
    name: 'adder',
    model: 'a-model',
    tools: [agents.tool({ name: 'sum', description: 'Adds.', parameters, execute: async (args) => execute(args) })],
  })

test('an agent: model calls as the server saw them, the tool call and the run of the agent, each once', async () => {
  const { finalOutput } = await agents.run(
    agentWith(({ a, b }) => a + b),
    'planted-prompt',
  )
  expect(finalOutput).toBe('planted-answer')
  expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': server.requestCount })
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ adder: 1 })
  expect(callsOf('adder')).toEqual({ inference: 2, tool: 1 })
})

test('an agent that another one uses as a tool has the calls of its own run', async () => {
  const adder = agentWith(({ a, b }) => a + b)
  const asTool = adder.asTool({
    toolName: 'add',
    toolDescription: 'Adds.',
    parameters: z.object({ input: z.string() }),
  })
  const asking = new agents.Agent({ name: 'asking', model: 'a-model', tools: [asTool] })
  server.alsoAsks('add', { input: 'planted-prompt' })
  await agents.run(asking, 'planted-prompt')
  expect([callsOf('asking'), callsOf('adder')]).toEqual([
    { inference: 2, tool: 1 },
    { inference: 2, tool: 1 },
  ])
  expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 4 })
})

test('a streamed run whose consumer stops reading is unchanged', async () => {
  const stream = await agents.run(
    agentWith(({ a, b }) => a + b),
    'planted-prompt',
    { stream: true },
  )
  for await (const _ of stream) break
  expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': server.requestCount })
})

test('a tool that fails is a tool error, although the SDK converts its error to a result', async () => {
  await agents.run(
    agentWith(() => {
      throw new Error('planted-error')
    }),
    'planted-prompt',
  )
  expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=sum')
})

test('a tool that an MCP server executes is counted once, under the agent’s name for it', async () => {
  const tools = new McpServer({ name: 'tools', version: '1.0.0' })
  tools.registerTool('sum', { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
    content: [{ type: 'text', text: String(a + b) }],
  }))
  const client = instrumentMcp(new Client({ name: 'test', version: '1.0.0' }), { recorder })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await Promise.all([tools.connect(far), client.connect(near)])
  await agents.run(
    agentWith((args) => client.callTool({ name: 'sum', arguments: args })),
    'planted-prompt',
  )
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })
  expect(counted(recorder, 'tool_usage')).toEqual({ sum: 2 })
  await client.close()
})

test('a processor with its own recorder', async () => {
  const own = createTestRecorder()
  agents.addTraceProcessor(createAgentsProcessor({ recorder: own }))
  await agents.run(
    agentWith(({ a, b }) => a + b),
    'planted-prompt',
  )
  expect(counted(own, 'tool_usage')).toEqual({ sum: 1 })
})
