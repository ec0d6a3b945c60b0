import { describe, expect, test } from 'vitest'
import { ask, clientsOf, collect, model, recorded, useModelServer, versions } from '../../fixtures/openai-clients.js'

const server = useModelServer()

describe.each(versions)('openai %s', (_version, Client) => {
  const { observed } = clientsOf(server, Client)

  test('a stream that its consumer cancels is abandoned', async () => {
    const { recorder, client } = observed()
    const stream = await client.chat.completions.create({ model, messages: ask({ hangAfter: 3 }), stream: true })
    for await (const _chunk of stream) break
    await expect
      .poll(() => recorded(recorder))
      .toEqual({
        'requests chat': 1,
        'stream_outcomes abandoned': 1,
        'usage_missing abandoned': 1,
      })
  })

  test('a stream that is aborted after its first output is abandoned, though the client ends it without an error', async () => {
    for (const how of ['controller', 'signal']) {
      const { recorder, client } = observed()
      const stop = new AbortController()
      const stream = await client.chat.completions.create(
        { model, messages: ask({ hangAfter: 3 }), stream: true },
        { signal: stop.signal },
      )
      let count = 0
      for await (const _chunk of stream) {
        if (++count === 2) (how === 'signal' ? stop : stream.controller).abort()
      }
      await expect
        .poll(() => recorded(recorder))
        .toEqual({
          'requests chat': 1,
          'stream_outcomes abandoned': 1,
          'usage_missing abandoned': 1,
        })
    }
  })

  test('a call that is aborted before its response', async () => {
    const { recorder, client } = observed()
    const stop = new AbortController()
    const call = client.chat.completions.create({ model, messages: ask({ delayMs: 1000 }) }, { signal: stop.signal })
    setTimeout(() => stop.abort(), 20)
    await expect(call).rejects.toThrow()
    await expect.poll(() => recorded(recorder)).toEqual({ 'requests chat': 1, 'usage_missing aborted': 1 })
  })

  test('a stream that fails after its first chunks', async () => {
    const { recorder, client } = observed()
    const failing = await client.chat.completions.create({ model, messages: ask({ failAfter: 3 }), stream: true })
    await expect(collect(failing)).rejects.toThrow()
    const broken = await client.chat.completions.create({ model, messages: ask({ breakAfter: 3 }), stream: true })
    await expect(collect(broken)).rejects.toThrow()
    await expect.poll(() => recorded(recorder)).toMatchObject({ 'stream_outcomes failed': 2 })
    const found = recorded(recorder)
    expect(found).toMatchObject({ 'requests chat': 2, 'errors server_error': 1, 'stream_outcomes failed': 2 })
    const errors = Object.entries(found).filter(([name]) => name.startsWith('errors '))
    expect(errors.reduce((sum, [, count]) => sum + count, 0)).toBe(2)
  })
})
