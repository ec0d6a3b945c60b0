import { withAttribution } from '@quipu/core'
import { describe, expect, test } from 'vitest'
import {
  ask,
  bytes,
  clientsOf,
  collect,
  messages,
  model,
  recorded,
  useModelServer,
  versions,
} from '../../fixtures/openai-clients.js'
import { instrument } from './openai.js'

const server = useModelServer()

describe.each(versions)('openai %s', (version, Client) => {
  const { observed } = clientsOf(server, Client)

  test('inside an outer call it is counted once, with the values that only the wire shows', async () => {
    const { recorder, client } = observed()
    await recorder.withLlmCall({ model: 'outer', endpoint: 'chat', messageCount: 9 }, () =>
      client.chat.completions.create({ model, messages: ask({ rateLimits: 1 }) }),
    )
    await recorder.withLlmCall({ model: 'outer', endpoint: 'chat', messageCount: 9 }, async () => {
      const stream = await client.chat.completions.create({
        model,
        messages: ask({ toolCalls: [{ name: 'a', arguments: '{}' }] }),
        stream: true,
        stream_options: { include_usage: true },
      })
      await collect(stream)
    })
    expect(recorded(recorder)).toEqual({
      'requests chat': 2,
      'tokens input': 8,
      'tokens output': 9,
      'tokens total': 17,
      'retries rate_limit': 1,
      'stream_outcomes complete': 1,
    })
    expect(recorder.value('llm_completion_size_bytes', { model: 'outer' })).toEqual({ count: 1, sum: bytes })
    expect(recorder.lines).toEqual([
      '[METRIC] [unknown] llm_call model=outer message_count=9',
      '[METRIC] [unknown] llm_call model=outer message_count=9 tool_count=1',
    ])
  })

  test('the attributed feature at the time of the call, not of the response', async () => {
    const { recorder, client } = observed()
    const stream = await withAttribution({ feature: 'chat' }, () =>
      client.chat.completions.create({ model, messages, stream: true }),
    )
    await withAttribution({ feature: 'other' }, () => collect(stream))
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 1 })
  })

  test('the observed protocols are reported', async () => {
    const { recorder, client } = observed()
    await client.chat.completions.create({ model, messages })
    const seen = { kind: 'protocol', name: 'openai.chat', status: 'active' } as const
    expect(recorder.value('quipu_instrumentation_info', seen)).toBe(1)
  })

  test('a second call has no effect, and a clone with other options is observed as well', async () => {
    const { recorder, client } = observed()
    expect(instrument(client, { recorder })).toBe(client)
    await client.chat.completions.create({ model, messages })
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 1 })
    if (version === '4.104') return
    const clone = client.withOptions({ maxRetries: 0 })
    await expect(clone.chat.completions.create({ model, messages: ask({ rateLimits: 1 }) })).rejects.toThrow()
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 2, rate_limits: 1 })
  })
})
