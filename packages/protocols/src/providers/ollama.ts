import { type AnswerTarget, defineProtocol } from '../protocol.js'

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

function readCounts(target: AnswerTarget, { model, done, prompt_eval_count, eval_count, error }: Counts): void {
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

const chatAnswer = { ...counts, message: { content: 'bytes', thinking: 'present', tool_calls: 'items' } } as const

/** Ollama's chat (`POST /api/chat`), which streams by default. */
export const ollamaChat = defineProtocol({
  name: 'ollama.chat',
  operation: 'chat',
  provider: 'ollama',
  path: /\/api\/chat$/,
  hasTerminalEvent: true,
  request: { model: 'text', messages: 'items', stream: 'flag', tools: 'items' },
  describe: ({ model, messages, stream = true, tools }) => ({
    model,
    messageCount: messages,
    stream,
    offersTools: (tools ?? 0) > 0,
  }),
  answer: chatAnswer,
  read: readChat,
  chunk: chatAnswer,
  readChunk: readChat,
})

function readChat(
  target: AnswerTarget,
  answer: Counts & {
    readonly message?: { readonly content?: number; readonly thinking?: boolean; readonly tool_calls?: number }
  },
): void {
  target.output(answer.message?.content)
  target.sign(answer.message?.thinking)
  target.tools(answer.message?.tool_calls)
  readCounts(target, answer)
}

const textAnswer = { ...counts, response: 'bytes', thinking: 'present' } as const

/** Ollama's completion of a prompt (`POST /api/generate`). */
export const ollamaGenerate = defineProtocol({
  name: 'ollama.generate',
  operation: 'text_completion',
  provider: 'ollama',
  path: /\/api\/generate$/,
  hasTerminalEvent: true,
  request: { model: 'text', stream: 'flag' },
  describe: ({ model, stream = true }) => ({ model, stream }),
  answer: textAnswer,
  read: readText,
  chunk: textAnswer,
  readChunk: readText,
})

function readText(
  target: AnswerTarget,
  answer: Counts & { readonly response?: number; readonly thinking?: boolean },
): void {
  target.output(answer.response)
  target.sign(answer.thinking)
  readCounts(target, answer)
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
  answer: counts,
  read: readCounts,
  chunk: {},
  readChunk: () => undefined,
})
