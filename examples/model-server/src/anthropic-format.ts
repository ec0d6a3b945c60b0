import type { Answer } from './answer.js'
import type { Format, StreamEvent } from './formats.js'
import type { ModelRequest } from './request.js'

/** Anthropic's messages: text only, whole or as events. */
export const messages: Format = {
  whole: (request, answer) => ({
    ...messageOf(request, answer),
    content: [{ type: 'text', text: answer.pieces.join('') }],
    stop_reason: 'end_turn',
    usage: usageOf(answer, answer.outputTokens),
  }),
  events(request, answer) {
    const event = (type: string, fields: object): StreamEvent => ({ event: type, data: { type, ...fields } })
    return [
      event('message_start', { message: { ...messageOf(request, answer), usage: usageOf(answer, 1) } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...answer.pieces.map((text) => ({
        ...event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
        text,
      })),
      event('content_block_stop', { index: 0 }),
      {
        ...event('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: answer.outputTokens },
        }),
        isUsage: true,
      },
      event('message_stop', {}),
    ]
  },
}

function messageOf({ model }: ModelRequest, { id }: Answer): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  }
}

function usageOf({ inputTokens }: Answer, outputTokens: number): object {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  }
}
