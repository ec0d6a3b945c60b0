import { defineProtocol, type Protocol, type ResponseTarget } from '../protocol.js'
import type { NumberTree } from '../read/selection.js'
import { chatRequest, describeChat } from './chat-request.js'

const usage = { tokens: 'numbers', billed_units: 'numbers', cached_tokens: 'number' } as const

interface Usage {
  readonly tokens?: NumberTree
  readonly billed_units?: NumberTree
  readonly cached_tokens?: number
}

/** Billed units exclude tokens that are free. */
function readUsage(target: ResponseTarget, counted: Usage | undefined): void {
  const tokens = counted?.tokens ?? counted?.billed_units
  if (tokens === undefined) return
  const cached = counted?.cached_tokens
  target.usage(cached === undefined ? tokens : { ...tokens, input_tokens_details: { cached_tokens: cached } })
}

/** Cohere's chat (`POST /v2/chat`). */
export const cohereChat = defineProtocol({
  name: 'cohere.chat',
  operation: 'chat',
  provider: 'cohere',
  path: /\/v2\/chat$/,
  hasTerminalEvent: true,
  request: chatRequest,
  describe: describeChat,
  response: { usage, message: { content: [{ text: 'bytes' }], tool_calls: 'items' } },
  read(target, { usage: counted, message }) {
    for (const part of message?.content ?? []) target.output(part?.text)
    target.tools(message?.tool_calls)
    readUsage(target, counted)
  },
  chunk: {
    type: 'text',
    index: 'number',
    delta: {
      usage,
      finish_reason: 'text',
      message: { tool_plan: 'present', content: { text: 'bytes', thinking: 'present' } },
    },
  },
  readChunk(target, { type, index, delta }) {
    target.output(delta?.message?.content?.text)
    target.otherOutput(delta?.message?.tool_plan || delta?.message?.content?.thinking)
    if (type === 'tool-call-start') target.tool(String(index))
    if (type !== 'message-end') return
    readUsage(target, delta?.usage)
    if (delta?.finish_reason === 'ERROR') target.fail({ type: 'server_error' })
    target.complete()
  },
})

/** The first version of Cohere's chat (`POST /v1/chat`), which streams lines of JSON. */
export const cohereChat1 = defineProtocol({
  name: 'cohere.chat1',
  operation: 'chat',
  provider: 'cohere',
  path: /\/v1\/chat$/,
  hasTerminalEvent: true,
  request: { model: 'text', message: 'present', chat_history: 'items', stream: 'flag', tools: 'items' },
  describe: ({ model, message, chat_history, stream, tools }) => ({
    // Other APIs have this path too, but not this message.
    model: message === true ? model : undefined,
    messageCount: (chat_history ?? 0) + 1,
    stream,
    offersTools: (tools ?? 0) > 0,
  }),
  response: { text: 'bytes', tool_calls: 'items', meta: usage },
  read(target, { text, tool_calls, meta }) {
    target.output(text)
    target.tools(tool_calls)
    readUsage(target, meta)
  },
  chunk: { event_type: 'text', text: 'bytes', finish_reason: 'text', response: { tool_calls: 'items', meta: usage } },
  readChunk(target, { event_type, text, finish_reason, response }) {
    if (event_type === 'text-generation') target.output(text)
    target.otherOutput(event_type === 'tool-calls-chunk')
    if (event_type !== 'stream-end') return
    target.tools(response?.tool_calls)
    readUsage(target, response?.meta)
    if (finish_reason?.startsWith('ERROR')) target.fail({ type: 'server_error' })
    target.complete()
  },
})

/** An endpoint whose response has usage and no completion text. */
const counting = (name: string, operation: string, path: RegExp): Protocol =>
  defineProtocol({
    name,
    operation,
    provider: 'cohere',
    path,
    hasTerminalEvent: false,
    request: { model: 'text' },
    describe: ({ model }) => ({ model }),
    response: { meta: usage },
    read: (target, { meta }) => readUsage(target, meta),
    chunk: {},
    readChunk: () => undefined,
  })

/** Cohere's embeddings (`POST /v2/embed`). */
export const cohereEmbed = counting('cohere.embed', 'embeddings', /\/v[12]\/embed$/)

/** Cohere's reranking (`POST /v2/rerank`), which counts searches instead of tokens. */
export const cohereRerank = counting('cohere.rerank', 'rerank', /\/v[12]\/rerank$/)
