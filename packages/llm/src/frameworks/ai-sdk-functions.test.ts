import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import * as ai7 from 'ai'
import * as ai5 from 'ai-5'
import * as ai6 from 'ai-6'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { replaceAiSdkFunction } from './ai-sdk-functions.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const inputSchema = z.object({ a: z.number(), b: z.number() })
const sum = { description: 'Adds.', inputSchema, execute: async ({ a, b }: z.infer<typeof inputSchema>) => a + b }
const tools = { sum }

/** Versions 5 and 6, with the form of the usage and of the end of their models. */
const versions = [
  { version: 5, ai: ai5, specification: 'v2', usage: { inputTokens: 5, outputTokens: 2 }, reason: (it: string) => it },
  {
    version: 6,
    ai: ai6,
    specification: 'v3',
    usage: { inputTokens: { total: 5 }, outputTokens: { total: 2 } },
    reason: (unified: string) => ({ unified }),
  },
] as const

type Version = (typeof versions)[number]

const call = { type: 'tool-call', toolCallId: 't-1', toolName: 'sum', input: '{"a":1,"b":2}' }

/** A model in this process that asks for the tool `sum` and then answers. */
function scripted({ specification, usage, reason }: Version) {
  let steps = 0
  const isAsking = (): boolean => steps++ === 0
  const finish = (isTool: boolean) => ({ usage, finishReason: reason(isTool ? 'tool-calls' : 'stop') })
  return {
    specificationVersion: specification,
    provider: 'local.chat',
    modelId: 'a-model',
    supportedUrls: {},
    async doGenerate(): Promise<object> {
      const isTool = isAsking()
      return { content: [isTool ? call : { type: 'text', text: 'planted-answer' }], ...finish(isTool), warnings: [] }
    },
    async doStream(): Promise<object> {
      const isTool = isAsking()
      const delta = { type: 'text-delta', id: '1', delta: 'planted-answer' }
      const said = isTool ? [call] : [{ type: 'text-start', id: '1' }, delta, { type: 'text-end', id: '1' }]
      return { stream: streamOf([...said, { type: 'finish', ...finish(isTool) }]) }
    },
  }
}

const streamOf = (parts: readonly unknown[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })

// biome-ignore lint/suspicious/noExplicitAny: two versions of one function, whose types are not compared here
type AnyFunction = (...args: any[]) => any
const replaced = ({ ai }: Version, name: 'generateText' | 'streamText'): AnyFunction =>
  replaceAiSdkFunction(name, ai[name], ai) as AnyFunction
const resolve = ({ ai }: Version): AnyFunction =>
  replaceAiSdkFunction('resolveLanguageModel', (model: unknown) => model, ai) as AnyFunction

let recorder: ReturnType<typeof createTestRecorder>
let stop: () => void
beforeEach(() => {
  recorder = createTestRecorder()
  stop = observeModelCalls({ recorder })
})
afterEach(() => {
  stop()
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

const run = { 'gen_ai.agent.name': 'adder' }
const runsOf = () => ({
  runs: counted(recorder, 'gen_ai.invoke_agent.duration'),
  calls: recorder.value('gen_ai.invoke_agent.inference_calls', run),
  tools: recorder.value('gen_ai.invoke_agent.tool_calls', run),
})
const oneRun = { runs: { adder: 1 }, calls: { count: 1, sum: 2 }, tools: { count: 1, sum: 1 } }

describe.each(versions)('version $version', (version) => {
  const { ai } = version
  const options = (more: object = {}) => {
    const experimental_telemetry = { functionId: 'adder' }
    const model = resolve(version)(scripted(version))
    return { model, prompt: 'planted-prompt', stopWhen: ai.stepCountIs(3), tools, experimental_telemetry, ...more }
  }

  test('a run with its model calls and tool calls, whose options stay unchanged', async () => {
    const given = options()
    const before = { ...given }
    expect((await replaced(version, 'generateText')(given)).text).toBe('planted-answer')
    expect(given).toEqual(before)
    expect(given.tools.sum).toBe(sum)
    expect(runsOf()).toMatchObject(oneRun)
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 2 })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'output' })).toBe(4)
  })

  test('a streamed run, with the transformations and steps of the application', async () => {
    const seen: string[] = []
    const transform = (part: { readonly type: string }, controller: TransformStreamDefaultController): void => {
      seen.push(part.type)
      controller.enqueue(part)
    }
    const experimental_transform = () => new TransformStream({ transform })
    const prepareStep = ({ stepNumber }: { readonly stepNumber: number }) => void seen.push(`step ${stepNumber}`)
    const result = replaced(version, 'streamText')(options({ experimental_transform, prepareStep }))
    expect(await result.text).toBe('planted-answer')
    expect(seen.filter((each) => /^step|tool-result|^finish$/.test(each))).toEqual([
      'step 0',
      'tool-result',
      'step 1',
      'finish',
    ])
    expect(runsOf()).toMatchObject(oneRun)
    expect(counted(recorder, 'llm_requests_total')).toEqual({ 'a-model chat': 2 })
    expect(recorder.value('llm_tokens_total', { model: 'a-model', type: 'input' })).toBe(10)
  })

  test('a tool that throws is a tool error, and the run continues', async () => {
    const execute = async () => {
      throw new TypeError('planted-error')
    }
    const result = await replaced(version, 'generateText')(options({ tools: { sum: { ...sum, execute } } }))
    expect(result.text).toBe('planted-answer')
    expect(recorder.lines).toContain('[METRIC] [unknown] tool_error tool_name=sum')
    expect(runsOf()).toMatchObject(oneRun)
  })

  test('a model that fails gives a failed call and a failed run, with the same error', async () => {
    const error = new TypeError('planted-error')
    const failing = async () => {
      throw error
    }
    const model = resolve(version)({ ...scripted(version), doGenerate: failing, doStream: failing })
    const given = options({ model, maxRetries: 0, onError: () => undefined })
    await expect(replaced(version, 'generateText')(given)).rejects.toBe(error)
    await replaced(version, 'streamText')(given).consumeStream()
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({ 'adder unknown': 2 })
    expect(counted(recorder, 'llm_errors_total')).toEqual({ 'a-model unknown': 2 })
  })

  test('a run that its caller aborts is cancelled', async () => {
    const controller = new AbortController()
    const execute = async () => {
      controller.abort()
      controller.signal.throwIfAborted()
    }
    const given = options({ tools: { sum: { ...sum, execute } }, abortSignal: controller.signal })
    await replaced(version, 'generateText')(given).catch(() => undefined)
    await replaced(version, 'streamText')(options({ abortSignal: controller.signal })).consumeStream()
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toMatchObject({ 'adder cancelled': 2 })
  })

  test('a stream that its consumer leaves is one abandoned run and one abandoned call', async () => {
    const leave = async () => {
      const delta = { type: 'text-delta', id: '1', delta: 'planted-answer' }
      const start = (controller: ReadableStreamDefaultController) => {
        controller.enqueue({ type: 'text-start', id: '1' })
        controller.enqueue(delta)
      }
      const doStream = async () => ({ stream: new ReadableStream({ start }) })
      const model = resolve(version)({ ...scripted(version), doStream })
      for await (const part of replaced(version, 'streamText')(options({ model })).fullStream) {
        if (part.type === 'text-delta') break
      }
    }
    await leave()
    await expect
      .poll(() => {
        collectGarbage()
        return [counted(recorder, 'gen_ai.invoke_agent.duration'), counted(recorder, 'llm_requests_total')]
      })
      .toEqual([{ adder: 1 }, { 'a-model chat': 1 }])
    expect(counted(recorder, 'llm_errors_total')).toEqual({})
  })

  test('what has no tools is not a run', async () => {
    await replaced(version, 'generateText')({ model: scripted(version), prompt: 'planted-prompt' })
    expect(counted(recorder, 'gen_ai.invoke_agent.duration')).toEqual({})
  })

  test('the names and lengths of its functions stay the same', () => {
    for (const name of ['generateText', 'streamText'] as const) {
      expect([replaced(version, name).name, replaced(version, name).length]).toEqual([name, ai[name].length])
    }
  })
})

test('functions of version 7, which reports its calls, are not replaced', () => {
  expect(replaceAiSdkFunction('generateText', ai7.generateText, ai7)).toBe(ai7.generateText)
  expect(replaceAiSdkFunction('generateText', undefined, ai5)).toBe(undefined)
})
