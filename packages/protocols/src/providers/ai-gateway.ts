import { defineProtocol, type Protocol } from '../protocol.js'

// The gateway of the AI SDK, which serves models that are given as a string. It sends the SDK's own objects.

const metadata = { gateway: { cost: 'number' } } as const

/** A language model (`POST /v4/ai/language-model`). */
export const aiGatewayChat = defineProtocol({
  name: 'ai_gateway.chat',
  operation: 'chat',
  provider: 'vercel',
  path: /\/ai\/language-model$/,
  modelHeader: 'ai-language-model-id',
  hasTerminalEvent: true,
  request: { prompt: 'items', tools: 'items' },
  describe: ({ prompt, tools }) => ({ messageCount: prompt, offersTools: (tools ?? 0) > 0 }),
  response: {
    content: [{ type: 'text', text: 'bytes' }],
    usage: 'numbers',
    response: { modelId: 'text' },
    providerMetadata: metadata,
  },
  read(target, { content, usage, response, providerMetadata }) {
    target.response({ model: response?.modelId, costDollars: providerMetadata?.gateway?.cost })
    for (const part of content ?? []) if (part?.type === 'text') target.output(part.text)
    target.tools((content ?? []).filter((part) => part?.type === 'tool-call').length)
    target.usage(usage)
  },
  chunk: {
    type: 'text',
    delta: 'bytes',
    toolCallId: 'text',
    modelId: 'text',
    usage: 'numbers',
    error: { type: 'text', code: 'text', statusCode: 'number' },
    providerMetadata: metadata,
  },
  readChunk(target, { type, delta, toolCallId, modelId, usage, error, providerMetadata }) {
    if (type === 'response-metadata') target.response({ model: modelId })
    if (type === 'text-delta') target.output(delta)
    if (type === 'reasoning-delta') target.otherOutput(true)
    if (type === 'tool-call' && toolCallId !== undefined) target.tool(toolCallId)
    if (type === 'error') target.fail({ status: error?.statusCode, code: error?.code, type: error?.type })
    if (type !== 'finish') return
    target.usage(usage)
    target.response({ costDollars: providerMetadata?.gateway?.cost })
    target.complete()
  },
})

/** An endpoint whose response is one document with usage. */
const counting = (name: string, operation: string, path: RegExp): Protocol =>
  defineProtocol({
    name,
    operation,
    provider: 'vercel',
    path,
    modelHeader: 'ai-model-id',
    hasTerminalEvent: false,
    request: {},
    describe: () => ({}),
    response: { usage: 'numbers', providerMetadata: metadata },
    read(target, { usage, providerMetadata }) {
      target.response({ costDollars: providerMetadata?.gateway?.cost })
      target.usage(usage === undefined ? undefined : { input_tokens: usage.tokens ?? 0 })
    },
    chunk: {},
    readChunk: () => undefined,
  })

/** Embeddings (`POST /v4/ai/embedding-model`). */
export const aiGatewayEmbed = counting('ai_gateway.embed', 'embeddings', /\/ai\/embedding-model$/)

/** Reranking (`POST /v4/ai/reranking-model`), which has no usage. */
export const aiGatewayRerank = counting('ai_gateway.rerank', 'rerank', /\/ai\/reranking-model$/)
