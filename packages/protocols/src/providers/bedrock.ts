import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { NumberTree } from '../read/selection.js'
import { anthropicEvent, anthropicResponse, readAnthropicEvent, readAnthropicResponse } from './anthropic-messages.js'

const provider = 'aws.bedrock'

/** Reports the exception in a frame of a stream. Returns whether the frame is an exception. */
function failedBy(target: ResponseTarget, eventName: string | undefined): boolean {
  const isException = eventName?.endsWith('Exception') === true
  if (isException) target.fail({ type: eventName })
  return isException
}

/** Bedrock's Converse, whole and streamed (`POST /model/{model}/converse`). */
export const bedrockConverse = defineProtocol({
  name: 'bedrock.converse',
  operation: 'chat',
  provider,
  path: /\/model\/(?<model>[^/]+)\/converse(?:-stream)?$/,
  hasTerminalEvent: true,
  request: { messages: 'items', toolConfig: { tools: 'items' } },
  describe: ({ messages, toolConfig }) => ({ messageCount: messages, offersTools: (toolConfig?.tools ?? 0) > 0 }),
  response: {
    output: { message: { content: [{ text: 'bytes', toolUse: 'present' }] } },
    usage: 'numbers',
    metrics: { latencyMs: 'number' },
  },
  read(target, { output, usage, metrics }) {
    for (const block of output?.message?.content ?? []) {
      target.output(block?.text)
      if (block?.toolUse) target.tools(1)
    }
    target.usage(usage)
    target.response({ latencyMs: metrics?.latencyMs })
  },
  chunk: {
    contentBlockIndex: 'number',
    start: { toolUse: 'present' },
    delta: { text: 'bytes', toolUse: 'present', reasoningContent: 'present' },
    usage: 'numbers',
    metrics: { latencyMs: 'number' },
  },
  readChunk(target, { contentBlockIndex, start, delta, usage, metrics }, eventName) {
    if (failedBy(target, eventName)) return
    if (start?.toolUse) target.tool(String(contentBlockIndex))
    target.output(delta?.text)
    target.otherOutput(delta?.toolUse || delta?.reasoningContent)
    target.usage(usage)
    target.response({ latencyMs: metrics?.latencyMs })
    if (eventName === 'messageStop') target.complete()
  },
})

/** Counts that Bedrock provides for all models: response headers, and a member of the last chunk of a stream. */
const countHeaders: readonly (readonly [header: string, name: string])[] = [
  ['x-amzn-bedrock-input-token-count', 'inputTokens'],
  ['x-amzn-bedrock-output-token-count', 'outputTokens'],
  ['x-amzn-bedrock-cache-read-input-token-count', 'cacheReadInputTokens'],
  ['x-amzn-bedrock-cache-write-input-token-count', 'cacheWriteInputTokens'],
]

function readHeaders(target: ResponseTarget, header: (name: string) => string | undefined): void {
  const usage: Record<string, number> = {}
  for (const [name, count] of countHeaders) {
    const value = header(name)
    if (value !== undefined && /^\d{1,15}$/.test(value)) usage[count] = Number(value)
  }
  if (Object.keys(usage).length > 0) target.usage(usage)
  const latency = header('x-amzn-bedrock-invocation-latency')
  if (latency !== undefined && /^\d{1,9}$/.test(latency)) target.response({ latencyMs: Number(latency) })
}

const metrics = {
  inputTokenCount: 'number',
  outputTokenCount: 'number',
  cacheReadInputTokenCount: 'number',
  cacheWriteInputTokenCount: 'number',
  invocationLatency: 'number',
} as const

interface Metrics {
  readonly inputTokenCount?: number
  readonly outputTokenCount?: number
  readonly cacheReadInputTokenCount?: number
  readonly cacheWriteInputTokenCount?: number
  readonly invocationLatency?: number
}

function readMetrics(target: ResponseTarget, said: Metrics): void {
  const usage: NumberTree = {
    ...(said.inputTokenCount !== undefined && { inputTokens: said.inputTokenCount }),
    ...(said.outputTokenCount !== undefined && { outputTokens: said.outputTokenCount }),
    ...(said.cacheReadInputTokenCount !== undefined && { cacheReadInputTokens: said.cacheReadInputTokenCount }),
    ...(said.cacheWriteInputTokenCount !== undefined && { cacheWriteInputTokens: said.cacheWriteInputTokenCount }),
  }
  target.usage(usage)
  target.response({ latencyMs: said.invocationLatency })
  target.complete()
}

/** Response members of other vendors' models: Llama, Titan and Mistral. */
const texts = { generation: 'bytes', outputText: 'bytes', outputs: [{ text: 'bytes' }] } as const

/** Bedrock's InvokeModel, whose bodies depend on the vendor of the model (`POST /model/{model}/invoke`). */
export const bedrockInvoke = defineProtocol({
  name: 'bedrock.invoke',
  operation: 'chat',
  provider,
  path: /\/model\/(?<model>[^/]+)\/invoke(?:-with-response-stream)?$/,
  hasTerminalEvent: true,
  request: { messages: 'items', tools: 'items' },
  describe: ({ messages, tools }) => ({ messageCount: messages, offersTools: (tools ?? 0) > 0 }),
  readHeaders,
  response: { ...anthropicResponse, ...texts },
  read(target, response) {
    readAnthropicResponse(target, response)
    readTexts(target, response)
  },
  chunk: { ...anthropicEvent, ...texts, 'amazon-bedrock-invocationMetrics': metrics },
  readChunk(target, chunk, eventName) {
    if (failedBy(target, eventName)) return
    readAnthropicEvent(target, chunk)
    readTexts(target, chunk)
    const said = chunk['amazon-bedrock-invocationMetrics']
    if (said !== undefined) readMetrics(target, said)
  },
})

interface Texts {
  readonly generation?: number
  readonly outputText?: number
  readonly outputs?: readonly ({ readonly text?: number } | undefined)[]
}

function readTexts(target: ResponseTarget, { generation, outputText, outputs }: Texts): void {
  target.output(generation)
  target.output(outputText)
  for (const output of outputs ?? []) target.output(output?.text)
}

/** Bedrock's InvokeModel of an embedding model, which its name identifies. */
export const bedrockEmbed = defineProtocol({
  name: 'bedrock.embed',
  operation: 'embeddings',
  provider,
  path: /\/model\/(?<model>[^/]*embed[^/]*)\/invoke$/,
  hasTerminalEvent: false,
  request: {},
  describe: () => ({}),
  readHeaders,
  response: {},
  read: () => undefined,
  chunk: {},
  readChunk: () => undefined,
})
