import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { instrument as instrumentMcp } from '@quipu/llm/mcp'
import { instrument as instrumentOpenAI } from '@quipu/llm/openai'
import { type Quipu, UsageMetrics } from '@quipu/sdk'
import OpenAI from 'openai'
import type { Served } from 'quipu-example-model-server'
import { createAccounts } from './app/accounts.js'
import { createAssistant } from './app/assistant.js'
import { createApp } from './app/create-app.js'
import { LLMService } from './app/llm-service.js'
import { createObjectStore } from './app/object-store.js'
import { createOpinions, type Opinions, TITLE_MODEL } from './app/opinions.js'
import { createToolServer } from './app/tool-server.js'
import { startModelServerThread } from './model-server.js'
import { startTelemetry } from './telemetry.js'

export interface SystemOptions {
  /** Port of the application; 0 for any free one. */
  readonly port: number
  readonly onLine: (line: string) => void
  readonly onServed: (served: Served) => void
}

/** The running system: application, model server, tools, telemetry. */
export interface System {
  /** URL of the application; its pages are `/metrics` and `/custom_metrics`. */
  readonly url: string
  readonly quipu: Quipu
  readonly llm: LLMService
  readonly usage: UsageMetrics
  close(): Promise<void>
}

export async function startSystem({ port, onLine, onServed }: SystemOptions): Promise<System> {
  const quipu = startTelemetry(onLine)
  const folder = await mkdtemp(join(tmpdir(), 'securetrack-'))
  const modelServer = await startModelServerThread(onServed)
  const usage = new UsageMetrics({
    versionId: '1.2.0',
    profileName: 'Aki - Ask me anything',
    idFile: join(folder, 'installation-id'),
  })
  usage.recordActiveUser()

  const client = instrumentOpenAI(new OpenAI({ baseURL: modelServer.url, apiKey: 'none', maxRetries: 2 }))
  const tools = instrumentMcp(new Client({ name: 'securetrack', version: '1.0.0' }))
  const toolServer = instrumentMcp(createToolServer())
  const [near, far] = InMemoryTransport.createLinkedPair()
  await toolServer.connect(far)
  await tools.connect(near)

  const llm = new LLMService(client)
  const app = createApp({
    quipu,
    accounts: createAccounts(SESSION_MS),
    store: createObjectStore(join(folder, 'objects')),
    client,
    llm,
    usage,
    assistant: await createAssistant(client, tools),
    opinions: openOpinions(modelServer.url),
  })
  const server = createServer(app)
  await listen(server, port)
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : port}`,
    quipu,
    llm,
    usage,
    async close() {
      await closeServer(server)
      await tools.close()
      await modelServer.close()
      await quipu.shutdown()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Clients of other libraries, which are observed on the wire without instrumentation. */
function openOpinions(url: string): Opinions {
  const anthropic = new Anthropic({ baseURL: url.replace(/\/v1$/, ''), apiKey: 'none' })
  return createOpinions(anthropic, createOpenAI({ baseURL: url, apiKey: 'none' }).chat(TITLE_MODEL))
}

const SESSION_MS = 30 * 60_000

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // Loopback, unless the operator sets another address, as in a container.
    server.listen(port, process.env.HOST ?? '127.0.0.1', () => resolve())
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
