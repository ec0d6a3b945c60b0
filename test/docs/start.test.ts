import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../servers/index.js'
import { endProgram, type PageProgram, printedIn, programsOf, startProgram } from './page-programs.js'

// The unchanged programs of docs/start.md, started with `register` below the workspace's own node_modules.

const page = 'docs/start.md'

afterEach(endProgram)

describe('requests of a program on a framework are counted by route', () => {
  test.each(programsOf(page, 'Your framework'))('%s', async (_, code) => {
    await countsUsers(startProgram, code)
  })

  test('started by another program, which passes NODE_OPTIONS on', async () => {
    const [[, code] = ['', '']] = programsOf(page, 'Your framework')
    const start = (text: string) => startProgram(text, { NODE_OPTIONS: '--import @quipu/sdk/register' }, [])
    await countsUsers(start, code)
  })

  async function countsUsers(start: (code: string) => PageProgram, code: string): Promise<void> {
    const port = await freePort()
    const program = start(code.replace('3000', String(port)))
    const pages = await program.pages()
    const answer = () =>
      fetch(`http://localhost:${port}/users/42`).then(
        (response) => response.json(),
        () => undefined,
      )
    await expect.poll(answer, { timeout: 15_000 }).toEqual({ id: '42' })
    expect(await (await fetch(pages)).text()).toContain(
      `${printedIn(page, 'Your framework').replace('/users/:id', code.includes('hapi') ? '/users/{id}' : '/users/:id')}\n`,
    )
  }
})

const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }
const answers: readonly (readonly [path: string, answer: object])[] = [
  [
    '/v1/chat/completions',
    {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-5-mini',
      usage,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hi' } }],
    },
  ],
  [
    '/messages',
    {
      id: 'm',
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 9, output_tokens: 4 },
    },
  ],
  [
    ':generateContent',
    {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] }, finishReason: 'STOP' }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, totalTokenCount: 13 },
    },
  ],
  [
    '/api/chat',
    {
      model: 'llama3.2',
      message: { role: 'assistant', content: 'Hi' },
      done: true,
      prompt_eval_count: 9,
      eval_count: 4,
    },
  ],
  [
    '/v2/chat',
    {
      id: 'c',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] },
      usage: { tokens: { input_tokens: 9, output_tokens: 4 } },
    },
  ],
]

describe('the call of a program with a client is counted', () => {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    await request.resume().toArray()
    asked.push(request.url ?? '')
    const [, answer] = answers.find(([path]) => request.url?.includes(path)) ?? []
    response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer ?? {}))
  })
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(() => server.close())

  test.each(programsOf(page, 'Your client'))('%s', async (_, code) => {
    asked.splice(0)
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const keys = ['OPENAI', 'ANTHROPIC', 'GEMINI', 'CO', 'MISTRAL', 'GROQ'].map((each) => [`${each}_API_KEY`, 'none'])
    const program = startProgram(code, {
      ...Object.fromEntries(keys),
      FEATURE_METRICS_LOGGING_ENABLED: 'true',
      OPENAI_BASE_URL: `${url}/v1`,
      ANTHROPIC_BASE_URL: url,
      GOOGLE_GEMINI_BASE_URL: url,
      OLLAMA_HOST: url,
      CO_API_URL: url,
      MISTRAL_BASE_URL: url,
      GROQ_BASE_URL: url,
    })
    const { exitCode, stdout, stderr } = await program.ended
    const model = /model: ?(?:'|openai\.chat\(')([^']+)'/.exec(code)?.[1] ?? ''
    expect({ exitCode, asked: asked.length, stdout }, stderr).toEqual({
      exitCode: 0,
      asked: 1,
      stdout: `${printedIn(page, 'Your client').replace('…', model)}\n`,
    })
  })
})

test('the page has a program for each of these', () => {
  expect(programsOf(page, 'Your framework').map(([name]) => name)).toEqual([
    'Express',
    'Fastify',
    'Koa',
    'Hono',
    'h3',
    'hapi',
    'restify',
    'Elysia',
  ])
  expect(programsOf(page, 'Your client').map(([name]) => name)).toEqual([
    'OpenAI',
    'Anthropic',
    'Gemini',
    'Ollama',
    'Cohere',
    'Mistral',
    'Groq',
    'AI SDK',
    'LangChain',
    'fetch',
  ])
})
