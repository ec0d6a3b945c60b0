import { createServer, type Server } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { createRecorder, type Recorder } from '@quipu/core'
import { requestMetrics } from '@quipu/http/express'
import { instrument as instrumentTools } from '@quipu/llm/mcp'
import { instrument } from '@quipu/llm/openai'
import { type Quipu, start } from '@quipu/sdk'
import { createTestRecorder } from '@quipu/testing'
import express from 'express'
import OpenAI from 'openai'
import { secrets } from './secrets.js'
import { withFreshProcess } from './test-environment.js'

/** A small application over real HTTP, with both pages mounted in it. */
export interface Application {
  readonly url: string
  readonly quipu: Quipu
  readonly recorder: Recorder
  readonly lines: readonly string[]
  get(path: string): Promise<Response>
  post(path: string, headers?: Readonly<Record<string, string>>): Promise<Response>
}

/** Runs a function with the application, and ends it. */
export async function withApplication<T>(fn: (application: Application) => Promise<T>): Promise<T> {
  return withFreshProcess(async () => {
    const lines: string[] = []
    const recorder = createRecorder({ activityLog: true })
    const quipu = start({
      serviceName: 'securetrack',
      recorder,
      prometheus: { port: 0 },
      activityLog: { enabled: true, sink: (line) => lines.push(line) },
      exitHooks: false,
    })
    const server = createServer(routes(recorder, quipu))
    const url = await listening(server)
    try {
      return await fn({
        url,
        quipu,
        recorder,
        lines,
        get: (path) => fetch(url + path),
        post: (path, headers = {}) => fetch(url + path, { method: 'POST', headers }),
      })
    } finally {
      server.closeAllConnections()
      server.close()
      await quipu.shutdown()
    }
  })
}

/** Runs a function with a client of the real SDK; a loopback server gives this response to each request. */
export async function openAI(recorder: Recorder, answer: object, status = 200): Promise<OpenAI> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer))
    server.close()
  })
  const baseURL = `${await listening(server)}/v1`
  return instrument(new OpenAI({ apiKey: 'test', maxRetries: 0, baseURL }), { recorder, endpoint: 'chat' })
}

/** Runs a function with a client of the real MCP SDK whose server has a tool that works and one that fails. */
export async function withTools<T>(fn: (client: Client, recorder: TestRecorder) => Promise<T>): Promise<T> {
  const recorder = createTestRecorder()
  const server = new McpServer({ name: 'tools', version: '1.0.0' })
  server.registerTool('calculator', {}, () => ({ content: [{ type: 'text', text: secrets.toolResult }] }))
  server.registerTool('file_reader', {}, () => {
    throw new Error(secrets.errorMessage)
  })
  const client = instrumentTools(new Client({ name: 'app', version: '1.0.0' }), { recorder })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(far), client.connect(near)])
  try {
    await client.listTools()
    return await fn(client, recorder)
  } finally {
    await client.close()
  }
}

type TestRecorder = ReturnType<typeof createTestRecorder>

/** A chat completion with a number of tool calls. */
export function completion(toolCalls = 0): object {
  const tool = (i: number) => ({
    id: `t${i}`,
    type: 'function',
    function: { name: 'calculator', arguments: '{"a":1}' },
  })
  return {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4-0613',
    choices: [
      {
        index: 0,
        finish_reason: toolCalls > 0 ? 'tool_calls' : 'stop',
        message: {
          role: 'assistant',
          content: toolCalls > 0 ? null : 'Hello',
          ...(toolCalls > 0 && { tool_calls: Array.from({ length: toolCalls }, (_, i) => tool(i)) }),
        },
      },
    ],
    usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
  }
}

function routes(recorder: Recorder, quipu: Quipu): express.Express {
  const app = express().set('env', 'test')
  app.use(requestMetrics({ recorder }))
  app.use(quipu.handler)
  app.use((request, _response, next) => {
    recorder.withUser(request.get('x-user') ?? null, next)
  })
  app.get('/users/:id', (_request, response) => void response.json({}))
  app.get('/crash/:id', () => {
    throw new Error('a secret message')
  })
  app.get('/later/:id', async () => {
    throw new Error('a secret message')
  })
  app.post('/upload', (request, response) => {
    const size = Number(request.get('x-size'))
    if (size > 1000) return void response.sendStatus(413)
    recorder.trackFileStored({ sizeBytes: size, contentType: 'application/pdf', key: 'u/uploads/x.pdf' })
    recorder.trackFileUpload({ sizeBytes: size, contentType: 'application/pdf' })
    response.sendStatus(201)
  })
  return app
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

/** Waits for work after a response: a server sees the end of a request after its client does. */
export async function until(happened: () => boolean): Promise<void> {
  for (let turn = 0; !happened(); turn++) {
    if (turn > 10_000) throw new Error('it did not happen')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
