import { withUser } from '@quipu/core'
import { withScript } from 'quipu-example-model-server'
import { describe, expect, test } from 'vitest'
import {
  ask,
  bytes,
  clientsOf,
  collect,
  messages,
  model,
  recorded,
  text,
  useModelServer,
  versions,
} from '../../fixtures/openai-clients.js'

const server = useModelServer()

describe.each(versions)('openai %s', (_version, Client) => {
  const { observed } = clientsOf(server, Client)

  test('a response: one request with its tokens and bytes, in every vocabulary', async () => {
    const { recorder, client } = observed({ endpoint: 'chat' })
    const answer = await withUser('user@example.com', () => client.chat.completions.create({ model, messages }))
    expect(answer.choices[0]?.message.content).toBe(text)
    expect(recorded(recorder)).toEqual({
      'requests chat': 1,
      'tokens input': 3,
      'tokens output': 7,
      'tokens total': 10,
    })
    expect(recorder.value('llm_completion_size_bytes', { model })).toEqual({ count: 1, sum: bytes })
    expect(recorder.value('token_input', { model_id: model })).toBe(3)
    expect(recorder.value('model_usage', { model_id: model })).toBe(1)
    expect(
      recorder.value('gen_ai.client.operation.duration', {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': model,
        'gen_ai.response.model': `${model}-2026-01-01`,
        'server.address': '127.0.0.1',
        'server.port': new URL(server.url).port,
        'openai.response.service_tier': 'default',
      }),
    ).toMatchObject({ count: 1 })
    expect(recorder.lines).toEqual([`[METRIC] [user@example.com] llm_call model=${model} message_count=1`])
  })

  test('a stream: its usage from the last chunk, its bytes, its first output', async () => {
    const { recorder, client } = observed()
    const stream = await client.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(text)
    expect(recorded(recorder)).toEqual({
      'requests chat': 1,
      'tokens input': 3,
      'tokens output': 7,
      'tokens total': 10,
      'stream_outcomes complete': 1,
    })
    expect(recorder.value('llm_completion_size_bytes', { model })).toEqual({ count: 1, sum: bytes })
    expect(recorder.value('llm_time_to_first_token_seconds', { model, endpoint: 'chat' })).toMatchObject({
      count: 1,
    })
  })

  test('a stream without usage: the missing usage is counted', async () => {
    const { recorder, client } = observed()
    await collect(await client.chat.completions.create({ model, messages, stream: true }))
    expect(recorded(recorder)).toEqual({
      'requests chat': 1,
      'stream_outcomes complete': 1,
      'usage_missing stream_without_usage': 1,
    })
  })

  test('tool calls are counted where tools were offered, whole and streamed', async () => {
    const { recorder, client } = observed()
    const tools = [{ type: 'function' as const, function: { name: 'look_up', parameters: {} } }]
    const toolCalls = [
      { name: 'look_up', arguments: '{"a":1}' },
      { name: 'look_up', arguments: '{"b":2}' },
    ]
    await client.chat.completions.create({ model, messages: ask({ toolCalls }), tools })
    await client.chat.completions.create({ model, messages, tools })
    await collect(await client.chat.completions.create({ model, messages: ask({ toolCalls }), tools, stream: true }))
    expect(recorder.lines.map((line) => line.split(' ').at(-1))).toEqual([
      'tool_count=2',
      'tool_count=0',
      'tool_count=2',
    ])
  })

  test('responses, completions and embeddings', async () => {
    const { recorder, client } = observed()
    const response = await client.responses.create({ model, input: 'Is it safe?' })
    expect(response.output_text).toBe(text)
    await collect(await client.responses.create({ model, input: 'Is it safe?', stream: true }))
    expect(recorded(recorder)).toEqual({
      'requests chat': 2,
      'tokens input': 6,
      'tokens output': 14,
      'tokens total': 20,
      'stream_outcomes complete': 1,
    })
    expect(recorder.value('llm_completion_size_bytes', { model })).toEqual({ count: 2, sum: 2 * bytes })
    await client.completions.create({ model: 'davinci', prompt: 'Is it safe?' })
    await collect(
      await client.completions.create({
        model: 'davinci',
        prompt: 'Is it safe?',
        stream: true,
        stream_options: { include_usage: true },
      }),
    )
    expect(recorder.value('llm_tokens_total', { model: 'davinci', type: 'total' })).toBe(20)
    expect(recorder.value('llm_completion_size_bytes', { model: 'davinci' })).toEqual({ count: 2, sum: 2 * bytes })
    const { data } = await client.embeddings.create({ model: 'embed', input: 'two words' })
    expect(data[0]?.embedding).toEqual([0.25, -0.5, 1])
    expect(recorder.value('llm_tokens_total', { model: 'embed', type: 'input' })).toBe(2)
    expect(recorder.value('llm_completion_size_bytes', { model: 'embed' })).toEqual({ count: 0, sum: 0 })
  })

  test('tool calls of responses', async () => {
    const { recorder, client } = observed()
    const input = withScript('x', { toolCalls: [{ name: 'look_up', arguments: '{}' }] })
    await client.responses.create({ model, input })
    await collect(await client.responses.create({ model, input, stream: true }))
    expect(recorder.lines.map((line) => line.split(' ').at(-1))).toEqual(['tool_count=1', 'tool_count=1'])
  })

  test('no content of requests or responses, in any output', async () => {
    const { recorder, client } = observed()
    const secret = 'SECRET-7f3a'
    const conversation = [{ role: 'user' as const, content: withScript(secret, { text: `${secret} ${secret}` }) }]
    await client.chat.completions.create({ model, messages: conversation })
    await collect(await client.chat.completions.create({ model, messages: conversation, stream: true }))
    await collect(await client.responses.create({ model, input: conversation, stream: true }))
    const failing = withScript(secret, { status: 400, code: secret })
    await expect(client.responses.create({ model: secret.repeat(40), input: failing })).rejects.toThrow()
    const everything = JSON.stringify([
      recorder.lines,
      recorder.readings().map((reading) => [reading.name, reading.cells().map(({ values }) => values)]),
    ])
    expect(everything.replaceAll(secret.repeat(11).slice(0, 128), '')).not.toContain(secret)
  })
})
