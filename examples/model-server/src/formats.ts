import type { Answer } from './answer.js'
import { messages } from './anthropic-format.js'
import type { ModelRequest } from './request.js'

/** Format of one endpoint's answers: whole, or as the events of a stream. */
export interface Format {
  whole(request: ModelRequest, answer: Answer): object
  events(request: ModelRequest, answer: Answer): readonly StreamEvent[]
}

export interface StreamEvent {
  readonly event?: string
  readonly data: object
  /** The text in this event. */
  readonly text?: string
  readonly isUsage?: boolean
}

const created = 1_767_225_600

function usageOf({ script, inputTokens, outputTokens }: Answer): object {
  if (script.silent === true) return {}
  return {
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  }
}

const chat: Format = {
  whole(request, answer) {
    const calls = answer.toolCalls.map(({ id, ...fn }) => ({ id, type: 'function', function: fn }))
    const message = {
      role: 'assistant',
      content: answer.pieces.length > 0 ? answer.pieces.join('') : null,
      refusal: null,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    }
    return {
      id: `chatcmpl-${answer.id}`,
      object: 'chat.completion',
      created,
      model: `${request.model}-2026-01-01`,
      service_tier: 'default',
      choices: [{ index: 0, message, logprobs: null, finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' }],
      ...usageOf(answer),
    }
  },
  events(request, answer) {
    const chunk = (choices: readonly object[], more: object = {}): object => ({
      id: `chatcmpl-${answer.id}`,
      object: 'chat.completion.chunk',
      created,
      model: `${request.model}-2026-01-01`,
      service_tier: 'default',
      choices,
      ...(request.includeUsage ? { usage: null } : {}),
      ...more,
    })
    const delta = (fields: object): object => chunk([{ index: 0, delta: fields, logprobs: null, finish_reason: null }])
    return [
      { data: delta({ role: 'assistant', content: '', refusal: null }) },
      ...answer.pieces.map((text) => ({ data: delta({ content: text }), text })),
      ...answer.toolCalls.flatMap((call, index) => [
        {
          data: delta({
            tool_calls: [{ index, id: call.id, type: 'function', function: { name: call.name, arguments: '' } }],
          }),
        },
        { data: delta({ tool_calls: [{ index, function: { arguments: call.arguments } }] }) },
      ]),
      {
        data: chunk([
          { index: 0, delta: {}, logprobs: null, finish_reason: answer.toolCalls.length > 0 ? 'tool_calls' : 'stop' },
        ]),
      },
      ...(request.includeUsage && answer.script.silent !== true
        ? [{ data: chunk([], usageOf(answer)), isUsage: true }]
        : []),
    ]
  },
}

const completions: Format = {
  whole: (request, answer) => ({
    id: `cmpl-${answer.id}`,
    object: 'text_completion',
    created,
    model: request.model,
    choices: [{ index: 0, text: answer.pieces.join(''), logprobs: null, finish_reason: 'stop' }],
    ...usageOf(answer),
  }),
  events(request, answer) {
    const chunk = (choices: readonly object[], more: object = {}): object => ({
      id: `cmpl-${answer.id}`,
      object: 'text_completion',
      created,
      model: request.model,
      choices,
      ...more,
    })
    return [
      ...answer.pieces.map((text) => ({
        data: chunk([{ index: 0, text, logprobs: null, finish_reason: null }]),
        text,
      })),
      { data: chunk([{ index: 0, text: '', logprobs: null, finish_reason: 'stop' }]) },
      ...(request.includeUsage ? [{ data: chunk([], usageOf(answer)), isUsage: true }] : []),
    ]
  },
}

function responseObject(request: ModelRequest, answer: Answer, status: string): object {
  const text = answer.pieces.join('')
  const message = {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
  const calls = answer.toolCalls.map((call) => ({
    id: `fc_${call.id}`,
    type: 'function_call',
    status: 'completed',
    call_id: call.id,
    name: call.name,
    arguments: call.arguments,
  }))
  const isDone = status === 'completed'
  return {
    id: `resp_${answer.id}`,
    object: 'response',
    created_at: created,
    status,
    model: `${request.model}-2026-01-01`,
    service_tier: 'default',
    error: null,
    incomplete_details: null,
    output: isDone ? [...(text === '' ? [] : [message]), ...calls] : [],
    ...(isDone && answer.script.silent !== true
      ? {
          usage: {
            input_tokens: answer.inputTokens,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: answer.outputTokens,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: answer.inputTokens + answer.outputTokens,
          },
        }
      : {}),
  }
}

const responses: Format = {
  whole: (request, answer) => responseObject(request, answer, 'completed'),
  events(request, answer) {
    const item = { id: `msg_${answer.id}`, type: 'message', role: 'assistant', status: 'in_progress', content: [] }
    const at = { item_id: item.id, output_index: 0, content_index: 0 }
    const text = answer.pieces.join('')
    const part = { type: 'output_text', text: '', annotations: [] }
    const event = (type: string, fields: object): StreamEvent => ({ event: type, data: { type, ...fields } })
    const written =
      text === ''
        ? []
        : [
            event('response.output_item.added', { output_index: 0, item }),
            event('response.content_part.added', { ...at, part }),
            ...answer.pieces.map((delta) => ({
              ...event('response.output_text.delta', { ...at, delta, logprobs: [] }),
              text: delta,
            })),
            event('response.output_text.done', { ...at, text, logprobs: [] }),
            event('response.content_part.done', { ...at, part: { ...part, text } }),
            event('response.output_item.done', {
              output_index: 0,
              item: { ...item, status: 'completed', content: [{ ...part, text }] },
            }),
          ]
    const called = answer.toolCalls.flatMap((call, index) => {
      const output_index = index + (text === '' ? 0 : 1)
      const made = { id: `fc_${call.id}`, type: 'function_call', call_id: call.id, name: call.name }
      return [
        event('response.output_item.added', { output_index, item: { ...made, status: 'in_progress', arguments: '' } }),
        event('response.function_call_arguments.delta', { item_id: made.id, output_index, delta: call.arguments }),
        event('response.function_call_arguments.done', {
          item_id: made.id,
          output_index,
          name: call.name,
          arguments: call.arguments,
        }),
        event('response.output_item.done', {
          output_index,
          item: { ...made, status: 'completed', arguments: call.arguments },
        }),
      ]
    })
    const events = [
      event('response.created', { response: responseObject(request, answer, 'in_progress') }),
      ...written,
      ...called,
      {
        ...event('response.completed', { response: responseObject(request, answer, 'completed') }),
        isUsage: answer.script.silent !== true,
      },
    ]
    return events.map((one, index) => ({ ...one, data: { ...one.data, sequence_number: index } }))
  },
}

const embeddings: Format = {
  whole(request, answer) {
    const vector = [0.25, -0.5, 1]
    const embedding = request.base64 ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector
    return {
      object: 'list',
      model: request.model,
      data: [{ object: 'embedding', index: 0, embedding }],
      usage: { prompt_tokens: answer.inputTokens, total_tokens: answer.inputTokens },
    }
  },
  events: () => [],
}

/** All endpoints. */
export const formats: { readonly [path: string]: Format } = {
  '/v1/chat/completions': chat,
  '/v1/completions': completions,
  '/v1/responses': responses,
  '/v1/embeddings': embeddings,
  '/v1/messages': messages,
}
