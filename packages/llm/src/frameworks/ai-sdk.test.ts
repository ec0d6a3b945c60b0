import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createOpenAI } from '@ai-sdk/openai'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import * as ai7 from 'ai'
import * as ai5 from 'ai-5'
import * as ai6 from 'ai-6'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { tokens, useToolModelServer } from '../../fixtures/tool-model-server.js'
import { instrument } from '../clients/ai-sdk.js'
import { createAiSdkTelemetry, observeAiSdk } from './ai-sdk-telemetry.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const server = useToolModelServer()
const inputSchema = z.object({ a: z.number(), b: z.number() })
const description = 'Adds.'
const execute = async ({ a, b }: z.infer<typeof inputSchema>) => a + b
const broken = async () => {
  throw new TypeError('planted-error')
}
const openai = () => createOpenAI({ apiKey: 'none', baseURL: server.url }).chat('a-model')

/** Each version with a model of its specification: versions 5 and 6 need older ones than the provider creates. */
const versions = [
  { version: 5, ai: ai5, model: () => scripted('v2', { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, 'stop') },
  {
    version: 6,
    ai: ai6,
    model: () => scripted('v3', { inputTokens: { total: 1 }, outputTokens: { total: 1 } }, { unified: 'stop' }),
  },
  { version: 7, ai: ai7, model: openai },
] as const

/** A model that requests the tool `sum` and then answers, without an HTTP request. */
function scripted(specificationVersion: string, usage: object, finishReason: unknown) {
  const answer = (content: object) => ({ content: [content], usage, finishReason, warnings: [] })
  let steps = 0
  return {
    specificationVersion,
    provider: 'scripted',
    modelId: 'a-model',
    supportedUrls: {},
    doGenerate: async () =>
      steps++ === 0
        ? answer({ type: 'tool-call', toolCallId: 't-1', toolName: 'sum', input: '{"a":1,"b":2}' })
        : answer({ type: 'text', text: 'planted-answer' }),
    doStream: async () => {
      throw new Error('not scripted')
    },
  }
}

// biome-ignore lint/suspicious/noExplicitAny: three versions of one function, whose types are not compared here
const generate = ({ ai, model }: (typeof versions)[number], tools: object): Promise<any> =>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  (ai.generateText as any)({ model: model(), prompt: 'planted-prompt', stopWhen: ai.stepCountIs(3), tools })

let recorder: ReturnType<typeof createTestRecorder>
let stop: () => void
beforeEach(() => {
  server.asks('sum', { a: 1, b: 2 })
  recorder = createTestRecorder()
  stop = observeModelCalls({ recorder })
})
afterEach(() => {
  stop()
  // The SDK has no function that removes an integration.
  Reflect.deleteProperty(globalThis, 'AI_SDK_TELEMETRY_INTEGRATIONS')
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

describe.each(versions)('version $version', (version) => {
  test('instrumented tools are the same object, and their calls are counted once', async () => {
    const tools = { sum: { description, inputSchema, execute } }
    expect(instrument(tools, { recorder })).toBe(tools)
    expect((await generate(version, tools)).text).toBe('planted-answer')
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
    expect(counted(recorder, 'gen_ai.execute_tool.duration')).toEqual({ sum: 1 })
  })

  test('a tool that throws is a tool error, and the SDK gets the error', async () => {
    const tools = instrument({ sum: { description, inputSchema, execute: broken } }, { recorder })
    const { steps } = await generate(version, tools)
    expect(steps[0].content.at(-1)).toMatchObject({ type: 'tool-error', error: new TypeError('planted-error') })
    expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=sum')
  })
})

describe('without a change to the application', () => {
  test('versions 5 and 6 have no integrations for all that happens, which is reported', () => {
    expect([observeAiSdk(ai5), observeAiSdk(ai6)]).toEqual([false, false])
  })

  /** Version 6 has integrations for tools only, which an application can register. */
  const register = ({ version, ai }: (typeof versions)[number]): void => {
    if (version === 6) ai.registerTelemetryIntegration(createAiSdkTelemetry())
    else expect(observeAiSdk(ai)).toBe(true)
  }

  test.each(versions.slice(1))('version $version: tool calls and tool errors, each once', async (version) => {
    register(version)
    await generate(version, { sum: { description, inputSchema, execute } })
    server.asks('sum', { a: 1, b: 2 })
    await generate(version, { sum: { description, inputSchema, execute: broken } })
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 2 })
    expect(recorder.lines.filter((line) => line.includes('tool_name'))).toEqual([
      '[METRIC] [unknown] tool_call tool_name=sum',
      '[METRIC] [unknown] tool_error tool_name=sum',
    ])
  })

  test.each(versions.slice(1))('version $version: a tool that is instrumented too is counted once', async (version) => {
    register(version)
    await generate(version, instrument({ sum: { description, inputSchema, execute } }, { recorder }))
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  })

  test.each([
    ['once', () => undefined],
    ['again after that', () => observeAiSdk(ai7)],
  ])("version 7: the application's own integration replaces it, also if the SDK is loaded %s", async (_, load) => {
    observeAiSdk(ai7)
    ai7.registerTelemetry(createAiSdkTelemetry())
    load()
    const tools = { sum: ai7.tool({ description, inputSchema, execute }) }
    const agent = new ai7.ToolLoopAgent({ model: openai(), tools, telemetry: { functionId: 'adder' } })
    await agent.generate({ prompt: 'planted-prompt' })
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ adder: 1 })
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  })

  test('version 7, streamed: model calls and the tool call as the server saw them', async () => {
    observeAiSdk(ai7)
    const result = ai7.streamText({
      model: openai(),
      prompt: 'planted-prompt',
      stopWhen: ai7.stepCountIs(3),
      tools: { sum: ai7.tool({ description, inputSchema, execute }) },
    })
    for await (const _ of result.textStream);
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': server.requestCount })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'output' })).toBe(2 * tokens.output)
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
  })

  test.each([
    ['that answers', execute, 'adder'],
    ['whose tool throws', broken, 'adder'],
  ])('version 7: an agent %s is a run with its model calls and tool calls', async (_, run, name) => {
    observeAiSdk(ai7)
    const tools = { sum: ai7.tool({ description, inputSchema, execute: run }) }
    const agent = new ai7.ToolLoopAgent({ model: openai(), tools, telemetry: { functionId: name } })
    await agent.generate({ prompt: 'planted-prompt' })
    for await (const _ of (await agent.stream({ prompt: 'planted-prompt' })).textStream);
    const of = { 'gen_ai.agent.name': name }
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ [name]: 2 })
    expect(recorder.value('gen_ai.invoke_agent.inference_calls', of)).toMatchObject({ count: 2, sum: 4 })
    expect(recorder.value('gen_ai.invoke_agent.tool_calls', of)).toMatchObject({ count: 2, sum: 2 })
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': server.requestCount })
  })

  test('version 7: calls of a model in this process are counted, and those with a request once', async () => {
    observeAiSdk(ai7)
    server.says()
    const usage = { inputTokens: { total: 5 }, outputTokens: { total: 2 } }
    const inProcess = { ...scripted('v4', usage, { unified: 'stop' }), provider: 'local.chat' }
    const tools = { sum: ai7.tool({ description, inputSchema, execute }) }
    const ask = (model: unknown) =>
      recorder.withAttribution({ feature: 'adding' }, () =>
        // biome-ignore lint/suspicious/noExplicitAny: a model without its types
        ai7.generateText({ model: model as any, prompt: 'planted-prompt', tools, stopWhen: ai7.stepCountIs(3) }),
      )
    await ask(inProcess)
    await ask(openai())
    await expect(ask({ ...inProcess, doGenerate: broken })).rejects.toThrow('planted-error')
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model adding': 4 })
    expect(counted(recorder, 'llm_errors_total')).toEqual({ 'a-model unknown': 1 })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'input' })).toBe(2 * 5 + tokens.input)
    expect(counted(recorder, 'gen_ai.client.operation.duration', ['gen_ai.provider.name'])).toMatchObject({ local: 3 })
  })

  test('version 7: a stream of a model in this process is counted when it ends, and one that fails as failed', async () => {
    observeAiSdk(ai7)
    const usage = { inputTokens: { total: 5 }, outputTokens: { total: 2 } }
    const parts = [
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '1' },
      { type: 'text-delta', id: '1', delta: 'planted-answer' },
      { type: 'text-end', id: '1' },
    ]
    const streamed = (last: object) => ({
      ...scripted('v4', usage, { unified: 'stop' }),
      doStream: async () => ({ stream: ai7.simulateReadableStream({ chunks: [...parts, last] }) }),
    })
    for (const last of [
      { type: 'finish', finishReason: { unified: 'stop' }, usage },
      { type: 'error', error: new TypeError('planted-error') },
    ]) {
      // biome-ignore lint/suspicious/noExplicitAny: a model without its types
      const model = streamed(last) as any
      const { textStream } = ai7.streamText({ model, prompt: 'planted-prompt', onError: () => undefined })
      for await (const _ of textStream);
    }
    await expect.poll(() => counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 2 })
    expect(counted(recorder, 'llm_errors_total')).toEqual({ 'a-model unknown': 1 })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'output' })).toBe(2)
  })

  test('version 7: an agent whose model fails is a failed run; what has no tools is not a run', async () => {
    observeAiSdk(ai7)
    await ai7.generateText({ model: openai(), prompt: 'planted-prompt' })
    server.fails(Number.POSITIVE_INFINITY, 401)
    const tools = { sum: ai7.tool({ description, inputSchema, execute }) }
    const agent = new ai7.ToolLoopAgent({ model: openai(), tools, telemetry: { functionId: 'adder' } })
    await expect(agent.generate({ prompt: 'planted-prompt' })).rejects.toThrow()
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'adder authentication': 1 })
  })

  test('version 7: when a consumer stops reading, there is one abandoned call', async () => {
    observeAiSdk(ai7)
    server.says()
    for await (const _ of ai7.streamText({ model: openai(), prompt: 'planted-prompt' }).textStream) break
    await expect.poll(() => recorder.value('llm_open_calls', { model: 'a-model' })).toBe(0)
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 1 })
  })

  test('version 7: a stream of a model in this process that its consumer leaves is an abandoned call and run', async () => {
    observeAiSdk(ai7)
    const start = (controller: ReadableStreamDefaultController): void => {
      controller.enqueue({ type: 'text-start', id: '1' })
      controller.enqueue({ type: 'text-delta', id: '1', delta: 'planted-answer' })
    }
    const leave = async () => {
      const doStream = async () => ({ stream: new ReadableStream({ start }) })
      // biome-ignore lint/suspicious/noExplicitAny: a model without its types
      const model = { ...scripted('v4', {}, {}), doStream } as any
      const tools = { sum: ai7.tool({ description, inputSchema, execute }) }
      const agent = new ai7.ToolLoopAgent({ model, tools, telemetry: { functionId: 'adder' } })
      for await (const _ of (await agent.stream({ prompt: 'planted-prompt' })).textStream) break
    }
    await leave()
    const ofRun = () => counted(recorder, 'gen_ai.invoke_agent.duration')
    await expect
      .poll(() => {
        collectGarbage()
        return [ofRun(), counted(recorder, 'llm_requests_total')]
      })
      .toEqual([{ adder: 1 }, { 'a-model chat': 1 }])
  })
})
