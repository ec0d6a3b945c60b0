import { createTestRecorder } from '@quipu/testing'
import type OpenAI from 'openai'
import { withScript } from 'quipu-example-model-server'
import { describe, expect, test } from 'vitest'
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
import { instrument } from './openai.js'

const server = useModelServer()

const nextTurns = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

/** Number of unhandled rejections during a run. */
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

/** The helpers for chat completions, which version 4 has among its beta ones. */
function helpersOf(client: OpenAI) {
  const { completions } = client.chat
  return 'parse' in completions ? completions : Reflect.get(client.beta, 'chat').completions
}

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
    return helpersOf(client).parse({ model, messages: script, response_format: format })
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
    const completions = helpersOf(client)
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
    const completions = helpersOf(client)
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
  'an error before the headers': (client) => client.chat.completions.create({ model, messages: ask({ status: 400 }) }),
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
    await expect.poll(() => server.requests.length).toBe(1)
  },
  'not awaited, and it fails': async (client) => {
    client.chat.completions.create({ model, messages: ask({ status: 400 }) })
    await expect.poll(() => server.requests.length).toBe(1)
    await nextTurns()
  },
}

describe.each(versions)('openai %s', (_version, Client) => {
  const { plain, observed } = clientsOf(server, Client)

  test.each(Object.keys(scenarios))('%s', async (name) => {
    const outcomes = []
    for (const client of [plain(), observed().client]) {
      server.forget()
      let outcome: unknown
      const count = await unhandled(async () => {
        try {
          outcome = { value: await scenarios[name]?.(client) }
        } catch (error) {
          outcome = describeThrown(error)
        }
      })
      outcomes.push({ outcome: withoutIds(outcome), requests: [...server.requests], unhandled: count })
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[0]?.unhandled).toBe(name === 'not awaited, and it fails' ? 1 : 0)
  })

  test('the client, its resources and its promises are unchanged', () => {
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

  test('every endpoint responds and fails as before, and only model calls are counted', async () => {
    const calls: readonly ((client: OpenAI) => Promise<unknown>)[] = [
      (client) => client.images.generate({ model, prompt: 'a' }),
      (client) => client.moderations.create({ input: 'a' }),
      async (client) => (await client.audio.speech.create({ model, input: 'a', voice: 'alloy' })).text(),
      (client) => client.audio.transcriptions.create({ model, file: new File(['a'], 'a.wav') }),
      (client) => client.models.list(),
      (client) => client.models.retrieve(model),
    ]
    for (const status of [200, 400]) {
      const recorder = createTestRecorder()
      const answer = async () =>
        Response.json({ data: [{ id: 'a' }], error: { message: 'no', code: 'no' } }, { status })
      const outcomes = []
      for (const isObserved of [false, true]) {
        const paths: string[] = []
        const client = plain({
          fetch: (url: unknown) => answer().finally(() => paths.push(new URL(String(url)).pathname)),
        })
        if (isObserved) instrument(client, { recorder })
        const answers = []
        for (const call of calls) answers.push(await call(client).then((value) => ({ value }), describeThrown))
        outcomes.push({ paths, answers })
      }
      expect(JSON.stringify(outcomes[1])).toBe(JSON.stringify(outcomes[0]))
      const answered = outcomes[0]?.answers.filter((one) => 'value' in one) ?? []
      expect(answered).toHaveLength(status === 200 ? calls.length : 0)
      // Moderations name no model and use an unknown host.
      const counted = Object.entries(recorded(recorder)).filter(([name]) => name.startsWith('requests'))
      expect(Object.fromEntries(counted)).toEqual({
        'requests image_generation': 1,
        'requests speech': 1,
        'requests transcription': 1,
      })
    }
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

  test('a frozen client, a proxy and other values stay unchanged', async () => {
    const frozen = plain()
    Object.freeze(frozen)
    Object.freeze(frozen.chat.completions)
    const recorder = createTestRecorder()
    expect((await instrument(frozen, { recorder }).chat.completions.create({ model, messages })).model).toBeDefined()
    const proxy = new Proxy(plain(), {})
    expect(await instrument(proxy, { recorder }).chat.completions.create({ model, messages })).toBeDefined()
    expect(recorded(recorder)).toMatchObject({ 'requests chat': 1 })
    const other = { baseURL: 'x' }
    expect(instrument(other, { recorder })).toBe(other)
    expect(Object.keys(other)).toEqual(['baseURL'])
  })
})

function describeThrown(error: unknown): object {
  if (!(error instanceof Error)) return { thrown: error }
  return { error: error.constructor.name, message: error.message, status: Reflect.get(error, 'status') }
}

function withoutIds(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null).replaceAll(/(chatcmpl-|cmpl-|resp_|msg_|call_|fc_|fc_call_|req_)\d+/g, '$1'),
  )
}
