import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import type OpenAI from 'openai'
import { describe, expect, test, vi } from 'vitest'
import {
  ask,
  clientsOf,
  collect,
  messages,
  model,
  recorded,
  useModelServer,
  versions,
} from '../../fixtures/openai-clients.js'

const server = useModelServer()

type Completion = ReturnType<OpenAI['chat']['completions']['create']>

/** Uses of a client's promise by an application that never call its `then`. */
const uses: readonly (readonly [string, (promise: Completion) => unknown])[] = [
  ['its raw response is read', async (promise) => (await promise.asResponse()).text()],
  ['it is mapped by the library', (promise) => Object(promise)._thenUnwrap((value: unknown) => value)],
  ['it is forgotten', () => undefined],
]

describe.each(versions)('a promise of openai %s that withLlmCall returns counts once', (_, Client) => {
  const { plain } = clientsOf(server, Client)

  async function observed(call: (recorder: ReturnType<typeof createTestRecorder>) => unknown) {
    const recorder = createTestRecorder()
    const stop = observeModelCalls({ recorder })
    try {
      await call(recorder)
      await vi.waitFor(() => expect(recorded(recorder)).toHaveProperty('requests app', 1))
      return recorded(recorder)
    } finally {
      stop()
    }
  }

  test.each(uses)('when %s', async (_use, use) => {
    const client = plain()
    const found = await observed((recorder) =>
      use(recorder.withLlmCall({ model, endpoint: 'app' }, () => client.chat.completions.create({ model, messages }))),
    )
    expect(found).toMatchObject({ 'requests app': 1, 'tokens total': expect.any(Number) })
    expect(Object.keys(found).filter((name) => name.startsWith('requests'))).toEqual(['requests app'])
  })

  test('when its raw response is a stream, at the end of it', async () => {
    const client = plain()
    const found = await observed(async (recorder) => {
      const promise = recorder.withLlmCall({ model, endpoint: 'app' }, () =>
        client.chat.completions.create({ model, messages, stream: true }),
      )
      const response = await promise.asResponse()
      await collect(Object(response.body))
    })
    expect(found).toMatchObject({ 'requests app': 1, 'stream_outcomes complete': 1 })
  })

  test('when the first attempt fails and the second is read as a raw response', async () => {
    const client = plain()
    const failing = ask({ failures: 1 })
    const found = await observed(async (recorder) => {
      const promise = recorder.withLlmCall({ model, endpoint: 'app' }, () =>
        client.chat.completions.create({ model, messages: failing }),
      )
      await (await promise.asResponse()).text()
    })
    expect(found).toMatchObject({ 'requests app': 1 })
    expect(Object.keys(found).some((name) => name.startsWith('errors'))).toBe(false)
  })
})
