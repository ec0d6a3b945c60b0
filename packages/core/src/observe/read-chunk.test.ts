import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it } from 'vitest'

const usage = { input_tokens: 120, output_tokens: 30 }
const streams: readonly (readonly [string, readonly unknown[]])[] = [
  [
    'OpenAI',
    [
      { choices: [{ delta: { content: 'hé' } }] },
      { choices: [{ delta: { content: 'llo' } }] },
      { choices: [{ delta: {} }] },
      { choices: [], usage: { prompt_tokens: 120, completion_tokens: 30 } },
    ],
  ],
  [
    'OpenAI’s responses',
    [
      { type: 'response.output_text.delta', delta: 'héllo' },
      { type: 'response.function_call_arguments.delta', delta: '{"secret":1}' },
      { type: 'response.completed', response: { usage } },
    ],
  ],
  [
    'Anthropic',
    [
      { type: 'message_start', message: { content: [], usage: { input_tokens: 120, output_tokens: 1 } } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'héllo' } },
      { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'message_delta', usage: { output_tokens: 30 } },
    ],
  ],
  [
    'Bedrock',
    [
      { contentBlockDelta: { delta: { text: 'héllo' } } },
      { metadata: { usage: { inputTokens: 120, outputTokens: 30 }, metrics: { latencyMs: 812 } } },
    ],
  ],
  [
    'Google',
    [
      { candidates: [{ content: { parts: [{ text: 'hé' }] } }], usageMetadata: { promptTokenCount: 120 } },
      {
        candidates: [{ content: { parts: [{ text: 'llo' }] } }],
        usageMetadata: { promptTokenCount: 120, candidatesTokenCount: 30 },
      },
    ],
  ],
  ['Ollama', [{ message: { content: 'héllo' } }, { message: { content: '' }, prompt_eval_count: 120, eval_count: 30 }]],
  [
    'the AI SDK',
    [
      { type: 'text-delta', text: 'héllo' },
      { type: 'finish', totalUsage: { inputTokens: 120, outputTokens: 30 } },
    ],
  ],
  ['LangChain', [{ content: 'héllo' }, { content: '', usage_metadata: usage }]],
  ['plain text', ['hé', 'llo', { usage }]],
]

describe.each(streams)('a decorated generator that yields the chunks of %s', (_, chunks) => {
  it('has their tokens and their size', async () => {
    const recorder = createTestRecorder()
    const ask = recorder.trackLlmCall('generate', async function* () {
      for (const chunk of chunks) yield chunk
    })
    for await (const _chunk of ask());
    const tokens = (['input', 'output', 'total'] as const).map((type) =>
      recorder.value('llm_tokens_total', { model: 'unknown', type }),
    )
    expect(tokens).toEqual([120, 30, 150])
    expect(recorder.value('llm_completion_size_bytes', { model: 'unknown' })).toEqual({ count: 1, sum: 6 })
    expect(recorder.value('llm_stream_outcomes_total', { model: 'unknown', outcome: 'complete' })).toBe(1)
  })
})

describe('values that a generator reports', () => {
  it('are not read from its chunks', async () => {
    const recorder = createTestRecorder()
    const stream = recorder.withLlmCall({ model: 'm' }, async function* (call) {
      call.usage({ inputTokens: 1, outputTokens: 1 })
      call.output('a')
      yield { choices: [{ delta: { content: 'héllo' } }], usage }
    })
    for await (const _chunk of stream);
    expect(recorder.value('llm_tokens_total', { model: 'm', type: 'total' })).toBe(2)
    expect(recorder.value('llm_completion_size_bytes', { model: 'm' })).toEqual({ count: 1, sum: 1 })
  })

  it('nor are those that a client within it reports', async () => {
    const recorder = createTestRecorder()
    const stream = recorder.withLlmCall({ model: 'm' }, async function* () {
      const client = recorder.startLlmCall({ model: 'm' })
      yield { choices: [{ delta: { content: 'héllo' } }] }
      client.output('héllo')
      client.usage(usage)
      client.end()
    })
    for await (const _chunk of stream);
    expect(recorder.value('llm_tokens_total', { model: 'm', type: 'total' })).toBe(150)
    expect(recorder.value('llm_completion_size_bytes', { model: 'm' })).toEqual({ count: 1, sum: 6 })
  })
})

it('a generator that its reader leaves is abandoned', async () => {
  const recorder = createTestRecorder()
  const ask = recorder.trackLlmCall('generate', async function* () {
    yield 'hé'
    yield 'llo'
  })
  for await (const _chunk of ask()) break
  expect(recorder.value('llm_stream_outcomes_total', { model: 'unknown', outcome: 'abandoned' })).toBe(1)
  expect(recorder.value('llm_completion_size_bytes', { model: 'unknown' })).toEqual({ count: 1, sum: 3 })
})

it('a hostile chunk does not affect the host', async () => {
  const recorder = createTestRecorder({ strict: false })
  const fail = () => {
    throw new Error('hostile')
  }
  const hostile = new Proxy({}, { get: fail, getOwnPropertyDescriptor: fail, ownKeys: fail, has: fail })
  const ask = recorder.trackLlmCall('generate', function* () {
    yield hostile
  })
  expect([...ask()]).toHaveLength(1)
})
