import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as clientV2 from '@modelcontextprotocol/client'
import * as clientV1 from '@modelcontextprotocol/sdk/client/index.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import * as lowServerV1 from '@modelcontextprotocol/sdk/server/index.js'
import * as serverV1 from '@modelcontextprotocol/sdk/server/mcp.js'
import * as serverV2 from '@modelcontextprotocol/server'
import { createTestRecorder } from '@quipu/testing'
import { observeModelCalls } from '@quipu/wire'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { counted } from '../../../wire/fixtures/counted.js'
import { instrument } from './instrument.js'
import { observeMcp } from './observe-mcp.js'

const info = { name: 'test', version: '1.0.0' }
const closing: (() => unknown)[] = []
let recorder: ReturnType<typeof createTestRecorder>

beforeEach(() => {
  recorder = createTestRecorder()
  closing.push(observeModelCalls({ recorder }))
  for (const exports of [clientV1, serverV1, lowServerV1, clientV2, serverV2]) expect(observeMcp(exports)).toBe(true)
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
  const shown = JSON.stringify(recorder.readings().map((reading) => reading.cells()))
  expect(shown + recorder.lines.join('')).not.toContain('planted')
})

const result = (text: string) => ({ content: [{ type: 'text' as const, text }] })
const fails = () => {
  throw new Error('planted-error')
}

interface McpClient {
  listTools(): Promise<unknown>
  callTool(call: { readonly name: string; readonly arguments?: { readonly [name: string]: unknown } }): Promise<object>
  close(): Promise<void>
}

async function connectV1(): Promise<McpClient> {
  const server = new serverV1.McpServer(info)
  server.registerTool('sum', { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => result(String(a + b)))
  server.registerTool('broken', {}, fails)
  const client = new clientV1.Client(info)
  const [near, far] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(far), client.connect(near)])
  return client
}

function serverOfV2(): serverV2.McpServer {
  const server = new serverV2.McpServer(info)
  const inputSchema = z.object({ a: z.number(), b: z.number() })
  server.registerTool('sum', { inputSchema }, ({ a, b }) => result(String(a + b)))
  server.registerTool('broken', {}, fails)
  return server
}

async function connectV2(): Promise<McpClient> {
  const client = new clientV2.Client(info)
  const [near, far] = clientV2.InMemoryTransport.createLinkedPair()
  await Promise.all([serverOfV2().connect(far), client.connect(near)])
  return client
}

async function connectV2ByHttp(): Promise<McpClient> {
  const mcp = serverOfV2()
  const transport = new serverV2.WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => 'session',
    enableJsonResponse: true,
  })
  await mcp.connect(transport)
  const server = createServer(async (request, response) => {
    // Without a stream of notifications the client continues.
    if (request.method === 'GET') {
      response.writeHead(405).end()
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
    const url = `http://127.0.0.1${request.url}`
    const answer = await transport.handleRequest(
      new Request(url, { method: request.method ?? 'GET', headers, ...body }),
    )
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  const client = new clientV2.Client(info)
  const { port } = server.address() as AddressInfo
  await client.connect(new clientV2.StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)))
  return client
}

describe.each([
  { version: '1', connect: connectV1 },
  { version: '2', connect: connectV2 },
  { version: '2 over HTTP', connect: connectV2ByHttp },
])('version $version, without a change to the application', ({ connect }) => {
  const open = async (): Promise<McpClient> => {
    const client = await connect()
    closing.push(() => client.close())
    return client
  }

  test('a tool call is one operation on each side and one tool call of the application', async () => {
    const client = await open()
    expect(await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })).toMatchObject(result('3'))
    expect(counted(recorder, 'tool_usage')).toEqual({ sum: 1 })
    for (const side of ['client', 'server']) {
      const seen = counted(recorder, `mcp.${side}.operation.duration`, ['mcp.method.name', 'gen_ai.tool.name'])
      expect(seen).toMatchObject({ 'tools/call sum': 1 })
    }
  })

  test('a tool that fails is a tool error', async () => {
    const client = await open()
    await client.callTool({ name: 'broken' })
    expect(recorder.lines).toEqual(['[METRIC] [unknown] tool_error tool_name=broken'])
  })

  test('names that the server does not list create no series', async () => {
    const client = await open()
    await client.listTools()
    for (const name of ['planted-1', 'planted-2']) await client.callTool({ name }).catch(() => undefined)
    expect(counted(recorder, 'tool_usage')).toEqual({ other: 2 })
  })
})

test('an instrumented client is counted by its own recorder only', async () => {
  const own = createTestRecorder()
  const server = serverOfV2()
  const client = instrument(new clientV2.Client(info), { recorder: own })
  const [near, far] = clientV2.InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(far), client.connect(near)])
  closing.push(() => client.close())
  await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })
  expect(counted(own, 'tool_usage')).toEqual({ sum: 1 })
  expect(counted(recorder, 'tool_usage')).toEqual({})
})
