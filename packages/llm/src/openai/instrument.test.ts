import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { withAttribution, withUser } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import OpenAI, { AzureOpenAI } from 'openai'
import OpenAI4 from 'openai-4'
import OpenAI5 from 'openai-5'
import OpenAI6 from 'openai-6'
import { type ModelServer, startModelServer, withScript } from 'quipu-example-model-server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { instrument } from './instrument.js'

// The same calls are written once: what they use has the same shape in each version.
const versions: readonly (readonly [string, typeof OpenAI])[] = [
  ['4.104', OpenAI4 as unknown as typeof OpenAI],
  ['5', OpenAI5 as unknown as typeof OpenAI],
  ['6', OpenAI6 as unknown as typeof OpenAI],
  ['7', OpenAI],
]

const model = 'gpt-4'
const text = 'No threats found – señal 🦙 clear.'
const bytes = Buffer.byteLength(text)
const messages = [{ role: 'user' as const, content: 'Is it safe?' }]
const ask = (script: Parameters<typeof withScript>[1] = {}) => [
  { role: 'user' as const, content: withScript('Is it safe?', script) },
]

let server: ModelServer
let requests: string[] = []
beforeAll(async () => {
  server = await startModelServer({ onRequest: ({ path, attempt }) => requests.push(`${path} ${attempt}`) })
})
afterAll(() => server.close())
beforeEach(() => {
  requests = []
})

type Recorder = ReturnType<typeof createTestRecorder>

/** Everything that was recorded of model calls, but for times. */
function recorded(recorder: Recorder): { [series: string]: number } {
  const names = [
    'llm_requests_total',
    'llm_tokens_total',
    'llm_errors_total',
    'llm_rate_limits_total',
    'llm_retries_total',
    'llm_stream_outcomes_total',
    'llm_usage_missing_total',
  ]
  const found: { [series: string]: number } = {}
  for (const reading of recorder.readings()) {
    if (!names.includes(reading.name)) continue
    for (const cell of reading.cells()) {
      found[[reading.name.slice(4, -6), ...cell.values.slice(1)].join(' ')] = cell.data[cell.at] ?? Number.NaN
    }
  }
  return found
}

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const nextTurns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** How many rejections nobody handled while it ran. */
async function unhandled(run: () => unknown): Promise<number> {
  const before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  let count = 0
  process.on('unhandledRejection', () => count++)
  try {
    await run()
    await nextTurns()
    return count
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of before) process.on('unhandledRejection', listener)
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

describe.each(versions)('openai %s', (version, Client) => {
  const plain = (options = {}): OpenAI => new Client({ baseURL: server.url, apiKey: 'none', maxRetries: 2, ...options })
  function observed(options: Parameters<typeof instrument>[1] & { readonly client?: object } = {}) {
    const recorder = createTestRecorder()
    const { client, ...rest } = options
    return { recorder, client: instrument(plain(client), { recorder, ...rest }) }
  }

  describe('what is recorded', () => {
    test('an answer: one request with its tokens and bytes, in every vocabulary', async () => {
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
        'requests generate': 1,
        'tokens input': 3,
        'tokens output': 7,
        'tokens total': 10,
        'stream_outcomes complete': 1,
      })
      expect(recorder.value('llm_completion_size_bytes', { model })).toEqual({ count: 1, sum: bytes })
      expect(recorder.value('llm_time_to_first_token_seconds', { model, endpoint: 'generate' })).toMatchObject({
        count: 1,
      })
    })

    test('a stream that was not asked for usage: the hole is counted', async () => {
      const { recorder, client } = observed()
      await collect(await client.chat.completions.create({ model, messages, stream: true }))
      expect(recorded(recorder)).toEqual({
        'requests generate': 1,
        'stream_outcomes complete': 1,
        'usage_missing stream_without_usage': 1,
      })
    })

    test('with injectStreamUsage the stream is asked, unless the application said otherwise', async () => {
      const { recorder, client } = observed({ injectStreamUsage: true })
      const body = { model, messages, stream: true as const }
      const chunks = await collect(await client.chat.completions.create(body))
      expect(chunks.at(-1)?.choices).toEqual([])
      expect(body).toEqual({ model, messages, stream: true })
      const refused = { ...body, stream_options: { include_usage: false } }
      expect((await collect(await client.chat.completions.create(refused))).at(-1)?.choices).not.toEqual([])
      expect(recorded(recorder)).toMatchObject({ 'tokens total': 10, 'usage_missing stream_without_usage': 1 })
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

    test('rate limits that the client retried: each is counted, the call once, and none is an error', async () => {
      const { recorder, client } = observed()
      await client.chat.completions.create({ model, messages: ask({ rateLimits: 2 }) })
      expect(recorded(recorder)).toMatchObject({
        'requests generate': 1,
        rate_limits: 2,
        'retries rate_limit': 2,
        'tokens input': 4,
      })
      expect(requests).toEqual([0, 1, 2].map((attempt) => `/v1/chat/completions ${attempt}`))
    })

    test('a rate limit that no retry helped: exclusive of errors', async () => {
      const { recorder, client } = observed()
      const call = client.chat.completions.create({ model, messages: ask({ rateLimits: 9 }) })
      await expect(call).rejects.toMatchObject({ status: 429 })
      expect(recorded(recorder)).toEqual({ 'requests generate': 1, rate_limits: 3, 'retries rate_limit': 2 })
      expect(recorder.lines).toEqual(['[METRIC] [unknown] error error_type=rate_limit'])
    })

    test('an exhausted quota is an error and no rate limit', async () => {
      const { recorder, client } = observed()
      const call = client.chat.completions.create({ model, messages: ask({ status: 429, code: 'insufficient_quota' }) })
      await expect(call).rejects.toMatchObject({ code: 'insufficient_quota' })
      expect(recorded(recorder)).toMatchObject({ 'requests generate': 1, 'errors RateLimitError': 1 })
      expect(recorded(recorder)).not.toHaveProperty('rate_limits')
    })

    test('a server that fails once is retried, and no error', async () => {
      const { recorder, client } = observed()
      await client.chat.completions.create({ model, messages: ask({ failures: 1 }) })
      expect(recorded(recorder)).toMatchObject({ 'requests generate': 1, 'retries server_error': 1 })
      expect(Object.keys(recorded(recorder)).filter((name) => name.startsWith('errors'))).toEqual([])
    })

    test('what is left of the rate limits, from the headers', async () => {
      const { recorder, client } = observed()
      await client.chat.completions.create({ model, messages })
      const of = (kind: string) => ({ provider: 'openai', model, kind })
      expect(recorder.value('llm_ratelimit_remaining', of('requests'))).toBe(499)
      expect(recorder.value('llm_ratelimit_limit', of('requests'))).toBe(500)
      expect(recorder.value('llm_ratelimit_limit', of('tokens'))).toBe(30_000)
    })

    test('a request that is wrong: an error by its class', async () => {
      const { recorder, client } = observed()
      await expect(client.chat.completions.create({ model, messages: ask({ status: 401 }) })).rejects.toThrow()
      expect(recorded(recorder)).toEqual({ 'requests generate': 1, 'errors AuthenticationError': 1 })
    })

    test('a server that is not there', async () => {
      const { recorder, client } = observed({ client: { baseURL: 'http://127.0.0.1:1/v1', maxRetries: 0 } })
      await expect(client.chat.completions.create({ model, messages })).rejects.toThrow()
      expect(recorded(recorder)).toEqual({ 'requests generate': 1, 'errors APIConnectionError': 1 })
    })

    test('an attempt that took too long is retried because of the time limit', async () => {
      const { recorder, client } = observed({ client: { timeout: 30, maxRetries: 1 } })
      await expect(client.chat.completions.create({ model, messages: ask({ delayMs: 200 }) })).rejects.toThrow()
      expect(recorded(recorder)).toEqual({
        'requests generate': 1,
        'errors APIConnectionTimeoutError': 1,
        'retries timeout': 1,
      })
    })

    test('a stream that its consumer leaves is abandoned', async () => {
      const { recorder, client } = observed()
      for await (const _chunk of await client.chat.completions.create({ model, messages, stream: true })) break
      expect(recorded(recorder)).toEqual({
        'requests generate': 1,
        'stream_outcomes abandoned': 1,
        'usage_missing abandoned': 1,
      })
    })

    test('a stream that is aborted is aborted, though the client ends it without an error', async () => {
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
        expect(recorded(recorder)).toEqual({
          'requests generate': 1,
          'stream_outcomes aborted': 1,
          'usage_missing aborted': 1,
        })
      }
    })

    test('a call that is aborted before it is answered', async () => {
      const { recorder, client } = observed()
      const stop = new AbortController()
      const call = client.chat.completions.create({ model, messages: ask({ delayMs: 1000 }) }, { signal: stop.signal })
      setTimeout(() => stop.abort(), 20)
      await expect(call).rejects.toThrow()
      expect(recorded(recorder)).toEqual({ 'requests generate': 1, 'usage_missing aborted': 1 })
    })

    test('a stream that fails in the middle', async () => {
      const { recorder, client } = observed()
      const failing = await client.chat.completions.create({ model, messages: ask({ failAfter: 3 }), stream: true })
      await expect(collect(failing)).rejects.toThrow()
      const broken = await client.chat.completions.create({ model, messages: ask({ breakAfter: 3 }), stream: true })
      await expect(collect(broken)).rejects.toThrow()
      const found = recorded(recorder)
      expect(found).toMatchObject({ 'requests generate': 2, 'errors APIError': 1, 'stream_outcomes failed': 2 })
      const errors = Object.entries(found).filter(([name]) => name.startsWith('errors '))
      expect(errors.reduce((sum, [, count]) => sum + count, 0)).toBe(2)
    })

    test('a stream that nobody reads is counted when nobody can read it any more', async () => {
      const { recorder, client } = observed()
      await (async () => {
        await client.chat.completions.create({ model, messages, stream: true })
        const started = (await client.chat.completions.create({ model, messages, stream: true }))[
          Symbol.asyncIterator
        ]()
        await started.next()
      })()
      await expect
        .poll(() => {
          collectGarbage()
          return recorded(recorder)
        })
        .toMatchObject({ 'requests generate': 2, 'stream_outcomes unread': 1, 'stream_outcomes abandoned': 1 })
    })

    test('responses, completions and embeddings', async () => {
      const { recorder, client } = observed()
      const response = await client.responses.create({ model, input: 'Is it safe?' })
      expect(response.output_text).toBe(text)
      await collect(await client.responses.create({ model, input: 'Is it safe?', stream: true }))
      expect(recorded(recorder)).toEqual({
        'requests generate': 2,
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
      expect(recorder.value('llm_completion_size_bytes', { model: 'embed' })).toBeUndefined()
    })

    test('tool calls of responses', async () => {
      const { recorder, client } = observed()
      const input = withScript('x', { toolCalls: [{ name: 'look_up', arguments: '{}' }] })
      await client.responses.create({ model, input })
      await collect(await client.responses.create({ model, input, stream: true }))
      expect(recorder.lines.map((line) => line.split(' ').at(-1))).toEqual(['tool_count=1', 'tool_count=1'])
    })

    test('inside an outer call it is counted once, with what only the client sees', async () => {
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
        rate_limits: 1,
        'retries rate_limit': 1,
        'stream_outcomes complete': 1,
      })
      expect(recorder.value('llm_completion_size_bytes', { model: 'outer' })).toEqual({ count: 1, sum: bytes })
      expect(recorder.lines).toEqual([
        '[METRIC] [unknown] llm_call model=outer message_count=9',
        '[METRIC] [unknown] llm_call model=outer message_count=9 tool_count=1',
      ])
    })

    test('the attributed feature at the time of the call, not of the reading', async () => {
      const { recorder, client } = observed()
      const stream = await withAttribution({ feature: 'chat' }, () =>
        client.chat.completions.create({ model, messages, stream: true }),
      )
      await withAttribution({ feature: 'other' }, () => collect(stream))
      expect(recorded(recorder)).toMatchObject({ 'requests chat': 1 })
    })

    test('which library was found', async () => {
      const { recorder } = observed()
      const found = recorder
        .readings()
        .find(({ name }) => name === 'llm_instrumentation_info')
        ?.cells()
        .map(({ values }) => values)
      expect(found).toEqual([['openai', expect.stringMatching(new RegExp(`^${version}`)), 'active']])
    })

    test('a second time changes nothing, and a clone with other options is observed too', async () => {
      const { recorder, client } = observed()
      expect(instrument(client, { recorder })).toBe(client)
      await client.chat.completions.create({ model, messages })
      expect(recorded(recorder)).toMatchObject({ 'requests generate': 1 })
      if (version === '4.104') return
      const clone = client.withOptions({ maxRetries: 0 })
      await expect(clone.chat.completions.create({ model, messages: ask({ rateLimits: 1 }) })).rejects.toThrow()
      expect(recorded(recorder)).toMatchObject({ 'requests generate': 2, rate_limits: 1 })
    })

    test('nothing that was said or answered, anywhere', async () => {
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

  describe('what stays the same', () => {
    const scenarios: { readonly [name: string]: (client: OpenAI) => Promise<unknown> } = {
      create: (client) => client.chat.completions.create({ model, messages }),
      'create then': (client) =>
        client.chat.completions.create({ model, messages }).then((answer) => answer.choices[0]?.message.content),
      finally: (client) => client.chat.completions.create({ model, messages }).finally(() => undefined),
      withResponse: async (client) => {
        const { data, response, request_id } = await client.chat.completions.create({ model, messages }).withResponse()
        return [data, response.status, request_id !== null]
      },
      asResponse: async (client) => {
        const response = await client.chat.completions.create({ model, messages }).asResponse()
        return [response.status, await response.json()]
      },
      'asResponse of a stream': async (client) => {
        const response = await client.chat.completions.create({ model, messages, stream: true }).asResponse()
        return [response.headers.get('content-type'), await response.text()]
      },
      'the helper for structured output': (client) => {
        const script = ask({ text: '{"safe":true}' })
        const format = { type: 'json_object' as const }
        const completions = version === '4.104' ? Reflect.get(client.beta, 'chat').completions : client.chat.completions
        return completions.parse({ model, messages: script, response_format: format })
      },
      'the helper for responses': (client) => client.responses.parse({ model, input: 'Is it safe?' }),
      stream: async (client) => collect(await client.chat.completions.create({ model, messages, stream: true })),
      'stream withResponse': async (client) => {
        const { data } = await client.chat.completions.create({ model, messages, stream: true }).withResponse()
        return collect(data)
      },
      break: async (client) => {
        const chunks = []
        for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
          chunks.push(chunk)
          break
        }
        return chunks
      },
      'a stream read twice': async (client) => {
        const stream = await client.chat.completions.create({ model, messages, stream: true })
        const first = await collect(stream)
        return [first.length, await collect(stream).catch((error: Error) => error.message)]
      },
      tee: async (client) => {
        const [left, right] = (await client.chat.completions.create({ model, messages, stream: true })).tee()
        return [await collect(left), await collect(right)]
      },
      toReadableStream: async (client) => {
        const stream = await client.chat.completions.create({ model, messages, stream: true })
        return new Response(stream.toReadableStream() as ReadableStream).text()
      },
      'the stream helper': async (client) => {
        const completions = version === '4.104' ? Reflect.get(client.beta, 'chat').completions : client.chat.completions
        const runner = completions.stream({ model, messages })
        const message = await runner.finalMessage()
        return [message, await runner.totalUsage().catch((error: Error) => error.message)]
      },
      'the stream helper of responses': async (client) => {
        const runner = client.responses.stream({ model, input: 'Is it safe?' })
        const response = await runner.finalResponse()
        return [response.output_text, response.usage]
      },
      runTools: async (client) => {
        const completions = version === '4.104' ? Reflect.get(client.beta, 'chat').completions : client.chat.completions
        const called: unknown[] = []
        const runner = completions.runTools({
          model,
          messages: ask({ toolCalls: [{ name: 'look_up', arguments: '{"host":"a"}' }] }),
          tools: [
            {
              type: 'function',
              function: {
                name: 'look_up',
                description: 'Looks up a host',
                parameters: { type: 'object', properties: { host: { type: 'string' } } },
                parse: JSON.parse,
                function: (args: unknown) => {
                  called.push(args)
                  runner.abort()
                  return 'ok'
                },
              },
            },
          ],
        })
        return [await runner.done().catch((error: Error) => error.constructor.name), called]
      },
      'an error before the headers': (client) =>
        client.chat.completions.create({ model, messages: ask({ status: 400 }) }),
      'an error of a stream before the headers': (client) =>
        client.responses.create({ model, input: withScript('x', { status: 404 }), stream: true }),
      'an error of withResponse': (client) =>
        client.chat.completions.create({ model, messages: ask({ status: 400 }) }).withResponse(),
      'an error of asResponse': (client) =>
        client.chat.completions.create({ model, messages: ask({ status: 400 }) }).asResponse(),
      'an error in the middle': async (client) =>
        collect(await client.chat.completions.create({ model, messages: ask({ failAfter: 2 }), stream: true })),
      'three rate limits': (client) => client.chat.completions.create({ model, messages: ask({ rateLimits: 3 }) }),
      'a request that cannot be made': (client) => client.chat.completions.create(undefined as never),
      embeddings: (client) => client.embeddings.create({ model, input: 'a' }),
      'embeddings in floats': (client) => client.embeddings.create({ model, input: 'a', encoding_format: 'float' }),
      completions: (client) => client.completions.create({ model, prompt: 'a' }),
      'not awaited': async (client) => {
        client.chat.completions.create({ model, messages })
        await expect.poll(() => requests.length).toBe(1)
      },
      'not awaited, and it fails': async (client) => {
        client.chat.completions.create({ model, messages: ask({ status: 400 }) })
        await expect.poll(() => requests.length).toBe(1)
        await nextTurns()
      },
    }

    test.each(Object.keys(scenarios))('%s', async (name) => {
      const outcomes = []
      for (const client of [plain(), observed().client]) {
        requests = []
        let outcome: unknown
        const count = await unhandled(async () => {
          try {
            outcome = { value: await scenarios[name]?.(client) }
          } catch (error) {
            outcome = describeThrown(error)
          }
        })
        outcomes.push({ outcome: withoutIds(outcome), requests, unhandled: count })
      }
      expect(outcomes[1]).toEqual(outcomes[0])
      expect(outcomes[0]?.unhandled).toBe(name === 'not awaited, and it fails' ? 1 : 0)
    })

    test('the client, its resources and its promises are what they were', () => {
      const before = plain()
      const { client } = observed()
      expect(client).toBeInstanceOf(Client)
      expect(Object.keys(client)).toEqual(Object.keys(before))
      expect(Object.keys(client.chat.completions)).toEqual(Object.keys(before.chat.completions))
      expect(client.chat.completions.create.length).toBe(before.chat.completions.create.length)
      expect(client.chat.completions.create.name).toBe(before.chat.completions.create.name)
      const [one, other] = [before, client].map((each) => each.chat.completions.create({ model, messages }))
      expect(other?.constructor).toBe(one?.constructor)
      expect(Object.keys(other ?? {}).filter((key) => !['parsedPromise'].includes(key))).toEqual(
        Object.keys(one ?? {}).filter((key) => !['parsedPromise'].includes(key)),
      )
      return Promise.all([one, other])
    })

    test('a custom fetch is called as before', async () => {
      const calls: unknown[][] = []
      const custom = function (this: unknown, ...args: Parameters<typeof fetch>) {
        calls.push([this, args.length])
        return fetch(...args)
      }
      const { client, recorder } = observed({ client: { fetch: custom } })
      await client.chat.completions.create({ model, messages: ask({ rateLimits: 1 }) })
      expect(calls).toEqual([
        [undefined, 2],
        [undefined, 2],
      ])
      expect(recorded(recorder)).toMatchObject({ 'retries rate_limit': 1 })
    })

    test('a frozen client, a proxy and a thing that is no client are left alone', async () => {
      const frozen = plain()
      Object.freeze(frozen)
      Object.freeze(frozen.chat.completions)
      const recorder = createTestRecorder()
      expect((await instrument(frozen, { recorder }).chat.completions.create({ model, messages })).model).toBeDefined()
      const proxy = new Proxy(plain(), {})
      expect(await instrument(proxy, { recorder }).chat.completions.create({ model, messages })).toBeDefined()
      expect(recorded(recorder)).toMatchObject({ 'requests generate': 1 })
      const other = { baseURL: 'x' }
      expect(instrument(other, { recorder })).toBe(other)
      expect(Object.keys(other)).toEqual(['baseURL'])
      expect(
        recorder.value('llm_instrumentation_info', { library: 'openai', version: 'unknown', status: 'shape_unknown' }),
      ).toBe(1)
    })
  })
})

test('Azure by its class and its address', async () => {
  const recorder = createTestRecorder()
  const client = new AzureOpenAI({
    endpoint: 'https://test.openai.azure.com',
    apiKey: 'none',
    apiVersion: '2024-10-21',
    fetch: async () => Response.json({ model, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }),
  })
  await instrument(client, { recorder }).chat.completions.create({ model, messages })
  expect(
    recorder.value('gen_ai.client.operation.duration', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'azure.ai.openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
      'server.address': 'test.openai.azure.com',
      'server.port': '443',
    }),
  ).toMatchObject({ count: 1 })
})

test('an answer that reports its failure fails', async () => {
  const recorder = createTestRecorder()
  const failed = {
    id: 'r',
    object: 'response',
    status: 'failed',
    error: { code: 'server_error', message: 'x' },
    output: [],
  }
  const client = new OpenAI({ apiKey: 'none', fetch: async () => Response.json(failed) })
  await instrument(client, { recorder }).responses.create({ model, input: 'x' })
  expect(recorded(recorder)).toEqual({ 'requests generate': 1, 'errors ResponseFailed': 1 })
})

function describeThrown(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error }
  return { error: error.constructor.name, message: error.message, status: Reflect.get(error, 'status') }
}

function withoutIds(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null).replaceAll(/(chatcmpl-|cmpl-|resp_|msg_|call_|fc_|fc_call_|req_)\d+/g, '$1'),
  )
}
