import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { Selected } from '../read/selection.js'
import { failureOf, openaiError } from './openai-error.js'

const TOOLS: ReadonlySet<string | undefined> = new Set(['function_call', 'custom_tool_call', 'mcp_call'])

const response = {
  id: 'text',
  status: 'text',
  background: 'flag',
  created_at: 'number',
  completed_at: 'number',
  model: 'text',
  service_tier: 'text',
  usage: 'numbers',
  ...openaiError,
  incomplete_details: { reason: 'text' },
} as const

interface Response {
  readonly id?: string
  readonly status?: string
  readonly background?: boolean
  readonly created_at?: number
  readonly completed_at?: number
  readonly model?: string
  readonly service_tier?: string
  readonly usage?: Parameters<ResponseTarget['usage']>[0]
  readonly error?: { readonly code?: string; readonly type?: string; readonly status?: string }
}

/** Reports a response that runs in the background: a `POST` starts it, and a `GET` fetches its result. */
function readBackground(target: ResponseTarget, { id, status, background, created_at, completed_at }: Response): void {
  if (background !== true || id === undefined) return
  const isOver = status !== undefined && status !== 'queued' && status !== 'in_progress'
  const seconds = created_at === undefined || completed_at === undefined ? undefined : completed_at - created_at
  target.background({ id, isOver, seconds })
}

function readCounts(target: ResponseTarget, { status, model, service_tier, usage, error }: Response): void {
  target.response({ model, serviceTier: service_tier })
  target.usage(usage)
  if (status === 'failed') target.fail({ code: error?.code, type: error?.type })
}

export const responseDocument = { ...response, output: [{ type: 'text', content: [{ text: 'bytes' }] }] } as const

export function readResponseDocument(target: ResponseTarget, response: Selected<typeof responseDocument>): void {
  readCounts(target, response)
  for (const item of response.output ?? []) {
    if (TOOLS.has(item?.type)) target.tools(1)
    for (const part of item?.content ?? []) target.output(part?.text)
  }
}

/** OpenAI's responses (`POST …/responses`). */
export const openaiResponses = defineProtocol({
  name: 'openai.responses',
  operation: 'chat',
  provider: 'openai',
  path: /(?:^|\/(?:v\d+|openai|codex))\/responses$/,
  hasTerminalEvent: true,
  request: { model: 'text', input: 'items', stream: 'flag', tools: 'items' },
  describe: ({ model, input, stream, tools }) => ({
    model,
    messageCount: input,
    stream,
    offersTools: (tools ?? 0) > 0,
  }),
  response: responseDocument,
  read(target, response) {
    readBackground(target, response)
    readResponseDocument(target, response)
  },
  chunk: {
    type: 'text',
    delta: 'bytes',
    code: 'text',
    item: { id: 'text', type: 'text' },
    output_index: 'number',
    response,
    ...openaiError,
  },
  readChunk(target, event) {
    const { type = '' } = event
    if (event.response !== undefined) readBackground(target, event.response)
    if (type === 'response.output_text.delta') target.output(event.delta)
    else if (type.endsWith('.delta')) target.otherOutput(true)
    else if (type === 'response.output_item.added') {
      if (TOOLS.has(event.item?.type)) target.tool(event.item?.id ?? String(event.output_index))
    } else if (type === 'error') target.fail({ code: event.code ?? event.error?.code, type: event.error?.type })
    else if (type === 'response.completed' || type === 'response.incomplete' || type === 'response.failed') {
      readCounts(target, event.response ?? {})
      target.complete()
    }
    if (type !== 'error') failureOf(target, event.error)
  },
})
