import { defineProtocol, type ResponseTarget } from '../protocol.js'
import { chatRequest, describeChat } from './chat-request.js'

const counts = {
  model: 'text',
  done: 'flag',
  prompt_eval_count: 'number',
  eval_count: 'number',
  error: 'present',
} as const

interface Counts {
  readonly model?: string
  readonly done?: boolean
  readonly prompt_eval_count?: number
  readonly eval_count?: number
  readonly error?: boolean
}

function readCounts(target: ResponseTarget, { model, done, prompt_eval_count, eval_count, error }: Counts): void {
  target.response({ model })
  if (prompt_eval_count !== undefined || eval_count !== undefined) {
    target.usage({
      ...(prompt_eval_count !== undefined && { prompt_eval_count }),
      ...(eval_count !== undefined && { eval_count }),
    })
  }
  if (error === true) target.fail({ type: 'server_error' })
  if (done === true) target.complete()
}

const chatResponse = { ...counts, message: { content: 'bytes', thinking: 'present', tool_calls: 'items' } } as const

/** Ollama's chat (`POST /api/chat`), which streams by default. */
export const ollamaChat = defineProtocol({
  name: 'ollama.chat',
  operation: 'chat',
  provider: 'ollama',
  path: /\/api\/chat$/,
  hasTerminalEvent: true,
  request: chatRequest,
  describe: (request) => describeChat({ ...request, stream: request.stream ?? true }),
  response: chatResponse,
  read: readChat,
  chunk: chatResponse,
  readChunk: readChat,
})

function readChat(
  target: ResponseTarget,
  response: Counts & {
    readonly message?: { readonly content?: number; readonly thinking?: boolean; readonly tool_calls?: number }
  },
): void {
  target.output(response.message?.content)
  target.otherOutput(response.message?.thinking)
  target.tools(response.message?.tool_calls)
  readCounts(target, response)
}

const textResponse = { ...counts, response: 'bytes', thinking: 'present' } as const

/** Ollama's completion of a prompt (`POST /api/generate`). */
export const ollamaGenerate = defineProtocol({
  name: 'ollama.generate',
  operation: 'text_completion',
  provider: 'ollama',
  path: /\/api\/generate$/,
  hasTerminalEvent: true,
  request: { model: 'text', stream: 'flag' },
  describe: ({ model, stream = true }) => ({ model, stream }),
  response: textResponse,
  read: readText,
  chunk: textResponse,
  readChunk: readText,
})

function readText(
  target: ResponseTarget,
  response: Counts & { readonly response?: number; readonly thinking?: boolean },
): void {
  target.output(response.response)
  target.otherOutput(response.thinking)
  readCounts(target, response)
}

/** Ollama's embeddings (`POST /api/embed`). */
export const ollamaEmbed = defineProtocol({
  name: 'ollama.embed',
  operation: 'embeddings',
  provider: 'ollama',
  path: /\/api\/embed(?:dings)?$/,
  hasTerminalEvent: false,
  request: { model: 'text' },
  describe: ({ model }) => ({ model }),
  response: counts,
  read: readCounts,
  chunk: {},
  readChunk: () => undefined,
})
