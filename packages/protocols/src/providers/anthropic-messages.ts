import { defineProtocol, type ResponseTarget } from '../protocol.js'
import type { Selected } from '../read/selection.js'
import { chatRequest, describeChat } from './chat-request.js'
import { failureOf, openaiError } from './openai-error.js'

const message = { model: 'text', usage: 'numbers' } as const
const TOOLS: ReadonlySet<string | undefined> = new Set(['tool_use', 'server_tool_use', 'mcp_tool_use'])

export const anthropicResponse = { ...message, ...openaiError, content: [{ type: 'text', text: 'bytes' }] } as const

export function readAnthropicResponse(target: ResponseTarget, response: Selected<typeof anthropicResponse>): void {
  target.response({ model: response.model })
  for (const block of response.content ?? []) {
    if (block?.type === 'text') target.output(block.text)
    else if (TOOLS.has(block?.type)) target.tools(1)
  }
  target.usage(response.usage)
  failureOf(target, response.error)
}

export const anthropicEvent = {
  type: 'text',
  index: 'number',
  message,
  usage: 'numbers',
  content_block: { type: 'text', id: 'text' },
  delta: { type: 'text', text: 'bytes' },
  ...openaiError,
} as const

export function readAnthropicEvent(target: ResponseTarget, event: Selected<typeof anthropicEvent>): void {
  switch (event.type) {
    case 'message_start':
      target.response({ model: event.message?.model })
      target.usage(event.message?.usage)
      break
    case 'content_block_start':
      if (TOOLS.has(event.content_block?.type)) target.tool(event.content_block?.id ?? String(event.index))
      break
    case 'content_block_delta':
      if (event.delta?.type === 'text_delta') target.output(event.delta.text)
      else target.otherOutput(true)
      break
    case 'message_delta':
      target.usage(event.usage)
      break
    case 'message_stop':
      target.complete()
      break
    case 'error':
      failureOf(target, event.error ?? {})
      break
  }
}

/** Anthropic's messages (`POST …/v1/messages`), also below Vertex AI (`…/models/{model}:rawPredict`). */
export const anthropicMessages = defineProtocol({
  name: 'anthropic.messages',
  operation: 'chat',
  provider: 'anthropic',
  path: /\/v1\/messages$|\/publishers\/anthropic\/models\/(?<model>[^/:]+):(?:streamR|r)awPredict$/,
  hasTerminalEvent: true,
  request: chatRequest,
  describe: describeChat,
  response: anthropicResponse,
  read: readAnthropicResponse,
  chunk: anthropicEvent,
  readChunk: readAnthropicEvent,
})
