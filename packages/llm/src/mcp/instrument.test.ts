import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { withUser } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { afterEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { instrument } from './instrument.js'

type Recorder = ReturnType<typeof createTestRecorder>

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const SECRET = 'SECRET-91c2'

function createToolServer(onCall = (): void => undefined): McpServer {
  const server = new McpServer({ name: 'tools', version: '1.0.0' })
  server.registerTool('calculator', { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => {
    onCall()
    return { content: [{ type: 'text', text: String(a + b) }] }
  })
  server.registerTool('file_reader', { inputSchema: { path: z.string() } }, () => {
    throw new Error(`${SECRET} not found`)
  })
  server.registerTool(
    'slow',
    {},
    (extra) =>
      new Promise((_resolve, reject) => {
        extra.signal.addEventListener('abort', () => reject(new Error('aborted')))
      }),
  )
  server.registerPrompt('greeting', {}, () => ({
    messages: [{ role: 'user', content: { type: 'text', text: SECRET } }],
  }))
  return server
}

async function connectInMemory() {
  const recorder = createTestRecorder()
  const server = createToolServer(() => recorder.clock.advanceMs(250))
  const client = new Client({ name: 'test', version: '1.0.0' })
  instrument(server, { recorder })
  instrument(client, { recorder })
  const [near, far] = InMemoryTransport.createLinkedPair()
  await Promise.all([server.connect(far), client.connect(near)])
  closing.push(() => client.close())
  await client.listTools()
  return { recorder, client, server }
}

/** Counts by method and further labels, without versions. */
function operations(recorder: Recorder, side: 'client' | 'server'): { [series: string]: number } {
  const reading = recorder.readings().find(({ name }) => name === `mcp.${side}.operation.duration`)
  const found: { [series: string]: number } = {}
  for (const cell of reading?.cells() ?? []) {
    const labels = Object.fromEntries((reading?.labelNames ?? []).map((name, i) => [name, cell.values[i]]))
    const series = [
      labels['mcp.method.name'],
      labels['gen_ai.tool.name'] ?? labels['gen_ai.prompt.name'],
      labels['error.type'],
    ]
    let count = 0
    for (let i = 1; i <= (reading?.bounds.length ?? 0) + 1; i++) count += cell.data[cell.at + i] ?? 0
    found[series.filter((part) => part !== undefined).join(' ')] = count
  }
  return found
}

test('a tool call: one operation on each side, one tool call of the application, with its duration', async () => {
  const { recorder, client } = await connectInMemory()
  const result = await withUser('user@example.com', () =>
    client.callTool({ name: 'calculator', arguments: { a: 1, b: 2 } }),
  )
  expect(result.content).toEqual([{ type: 'text', text: '3' }])
  const common = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'calculator',
    'gen_ai.operation.name': 'execute_tool' as const,
    'mcp.protocol.version': '2025-11-25',
    'jsonrpc.protocol.version': '2.0',
  }
  expect(recorder.value('mcp.client.operation.duration', common)).toMatchObject({ count: 1, sum: 0.25 })
  expect(recorder.value('mcp.server.operation.duration', common)).toMatchObject({ count: 1, sum: 0.25 })
  expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
  expect(recorder.value('gen_ai.execute_tool.duration', { 'gen_ai.tool.name': 'calculator' })).toMatchObject({
    count: 1,
  })
  expect(recorder.lines).toEqual(['[METRIC] [user@example.com] tool_call tool_name=calculator'])
})

test('every method of a session is counted, and pings are not', async () => {
  const { recorder, client } = await connectInMemory()
  await client.getPrompt({ name: 'greeting' })
  await client.ping()
  const expected = {
    initialize: 1,
    'notifications/initialized': 1,
    'tools/list': 1,
    'prompts/get greeting': 1,
  }
  expect(operations(recorder, 'client')).toEqual(expected)
  expect(operations(recorder, 'server')).toEqual(expected)
})

test('a tool that fails is a tool error on both sides', async () => {
  const { recorder, client } = await connectInMemory()
  const result = await client.callTool({ name: 'file_reader', arguments: { path: `/${SECRET}` } })
  expect(result.isError).toBe(true)
  expect(operations(recorder, 'client')).toMatchObject({ 'tools/call file_reader tool_error': 1 })
  expect(operations(recorder, 'server')).toMatchObject({ 'tools/call file_reader tool_error': 1 })
  expect(recorder.lines).toEqual(['[METRIC] [unknown] tool_error tool_name=file_reader'])
  expect(recorder.value('tool_usage', { tool_name: 'file_reader' })).toBe(1)
})

test('an unknown tool creates no series of its own', async () => {
  const { recorder, client } = await connectInMemory()
  for (const name of ['hallucinated_1', 'hallucinated_2']) await client.callTool({ name })
  expect(operations(recorder, 'client')).toMatchObject({ 'tools/call other unknown_tool': 2 })
  expect(operations(recorder, 'server')).toMatchObject({ 'tools/call other unknown_tool': 2 })
  expect(recorder.value('tool_usage', { tool_name: 'other' })).toBe(2)
})

describe('within a tool call of the application', () => {
  const call = async (outer: string, name: string, args = {}) => {
    const { recorder, client } = await connectInMemory()
    const result = recorder.withUser('user@example.com', () =>
      recorder.withToolCall(outer, () => client.callTool({ name, arguments: args })),
    )
    await result.catch(() => undefined)
    const uses = recorder.readings().find((reading) => reading.name === 'tool_usage')
    const counted = uses?.cells().map(({ values, data, at }) => [values[0], data[at]])
    return { recorder, counted, lines: recorder.lines, sent: operations(recorder, 'client') }
  }
  const sum = { a: 1, b: 2 }

  test.each(['calculator', 'tools__calculator', 'tools.calculator', 'mcp:tools:calculator'])(
    '%s is one tool call, under the name in the application',
    async (outer) => {
      const { recorder, counted, lines, sent } = await call(outer, 'calculator', sum)
      expect(counted).toEqual([[outer, 1]])
      expect(lines).toEqual([`[METRIC] [user@example.com] tool_call tool_name=${outer}`])
      expect(recorder.value('gen_ai.execute_tool.duration', { 'gen_ai.tool.name': outer })).toMatchObject({
        count: 1,
        sum: 0.25,
      })
      expect(sent).toMatchObject({ 'tools/call calculator': 1 })
    },
  )

  test('a tool that reports a failure makes it fail, although no error is thrown', async () => {
    const { recorder, counted, lines } = await call('file_reader', 'file_reader', { path: 'x' })
    expect(counted).toEqual([['file_reader', 1]])
    expect(lines).toEqual(['[METRIC] [user@example.com] tool_error tool_name=file_reader'])
    const labels = { 'gen_ai.tool.name': 'file_reader', 'error.type': 'tool_error' }
    expect(recorder.value('gen_ai.execute_tool.duration', labels)).toMatchObject({ count: 1 })
  })

  test('a failure that the application retried successfully is not counted', async () => {
    const { recorder, client } = await connectInMemory()
    await recorder.withToolCall('calculator', async () => {
      await client.callTool({ name: 'calculator', arguments: { a: 'no number' } })
      return client.callTool({ name: 'calculator', arguments: sum })
    })
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    expect(recorder.lines).toEqual(['[METRIC] [unknown] tool_call tool_name=calculator'])
  })

  test.each([
    ['research', 'calculator'],
    ['my_calculator', 'calculator'],
  ])('%s that calls %s is two', async (outer, name) => {
    const { counted, lines } = await call(outer, name, sum)
    expect(counted).toEqual([
      [name, 1],
      [outer, 1],
    ])
    expect(lines).toHaveLength(2)
  })

  test('with another recorder, and after its end, calls are counted separately', async () => {
    const { recorder, client } = await connectInMemory()
    const other = createTestRecorder()
    await other.withToolCall('calculator', () => client.callTool({ name: 'calculator', arguments: sum }))
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    expect(other.value('tool_usage', { tool_name: 'calculator' })).toBe(1)
    let later: Promise<unknown> = Promise.resolve()
    recorder.withToolCall('calculator', () => {
      later = Promise.resolve().then(() => client.callTool({ name: 'calculator', arguments: sum }))
    })
    await later
    expect(recorder.value('tool_usage', { tool_name: 'calculator' })).toBe(3)
  })
})

describe('names chosen by an attacker', () => {
  const junk = Array.from({ length: 250 }, (_, i) => [
    { jsonrpc: '2.0' as const, id: 3 * i, method: 'tools/call', params: { name: `scan_${i}` } },
    { jsonrpc: '2.0' as const, id: 3 * i + 1, method: 'prompts/get', params: { name: `ask_${i}` } },
    { jsonrpc: '2.0' as const, id: 3 * i + 2, method: `debug_${i}` },
  ]).flat()
  const real = [
    {
      jsonrpc: '2.0' as const,
      id: 5000,
      method: 'tools/call',
      params: { name: 'calculator', arguments: { a: 1, b: 2 } },
    },
    { jsonrpc: '2.0' as const, id: 5001, method: 'tools/call', params: { name: 'file_reader', arguments: {} } },
    { jsonrpc: '2.0' as const, id: 5002, method: 'prompts/get', params: { name: 'greeting' } },
  ]

  test.each([
    ['a server with registered tools', (server: McpServer) => server],
    ['its protocol alone', ({ server }: McpServer) => server],
  ])('use no series of the real names of %s', async (_, part) => {
    const recorder = createTestRecorder()
    const server = createToolServer()
    instrument(part(server), { recorder })
    const [near, far] = InMemoryTransport.createLinkedPair()
    closing.push(() => near.close())
    await server.connect(far)
    await near.start()
    let answers = 0
    near.onmessage = () => answers++
    for (const message of [...junk, ...real]) await near.send(message)
    await expect.poll(() => answers).toBe(junk.length + real.length)
    const counted = operations(recorder, 'server')
    expect(Object.keys(counted).filter((series) => /scan_|ask_|debug_/.test(series))).toEqual([])
    expect(counted).toMatchObject({
      'tools/call calculator': 1,
      'prompts/get greeting': 1,
      'prompts/get other -32602': 250,
      '_OTHER -32601': 250,
    })
    // A name that the protocol does not know is used only after it was served.
    const failed = 'tools/call file_reader tool_error'
    expect(counted[failed]).toBe(part(server) === server ? 1 : undefined)
  })
})

test('a rejected request is counted by its JSON-RPC code', async () => {
  const { recorder, client } = await connectInMemory()
  await expect(client.getPrompt({ name: 'none' })).rejects.toThrow()
  expect(operations(recorder, 'client')).toMatchObject({ 'prompts/get none -32602': 1 })
})

test('a cancelled call is cancelled on both sides', async () => {
  const { recorder, client } = await connectInMemory()
  await expect(client.callTool({ name: 'slow' }, undefined, { timeout: 10 })).rejects.toThrow()
  expect(operations(recorder, 'client')).toMatchObject({ 'tools/call slow cancelled': 1, 'notifications/cancelled': 1 })
  await expect.poll(() => operations(recorder, 'server')).toMatchObject({ 'tools/call slow cancelled': 1 })
  expect(recorder.lines).toEqual(['[METRIC] [unknown] tool_error tool_name=slow'])
})

test('a session lasts until it is closed, and pending requests fail', async () => {
  const { recorder, client } = await connectInMemory()
  const waiting = expect(client.callTool({ name: 'slow' })).rejects.toThrow()
  recorder.clock.advanceMs(5000)
  await client.close()
  await waiting
  const labels = { 'mcp.protocol.version': '2025-11-25', 'jsonrpc.protocol.version': '2.0' }
  expect(recorder.value('mcp.client.session.duration', labels)).toMatchObject({ count: 1, sum: 5 })
  expect(recorder.value('mcp.server.session.duration', labels)).toMatchObject({ count: 1, sum: 5 })
  expect(operations(recorder, 'client')).toMatchObject({ 'tools/call slow -32000': 1 })
})

test('no arguments and results, in any output', async () => {
  const { recorder, client } = await connectInMemory()
  await client.callTool({ name: 'file_reader', arguments: { path: SECRET } })
  await client.callTool({ name: `${SECRET} or other`, arguments: { path: SECRET } })
  await client.getPrompt({ name: 'greeting' })
  const everything = JSON.stringify([
    recorder.lines,
    recorder.readings().map((reading) => [reading.name, reading.cells().map(({ values }) => values)]),
  ])
  expect(everything).not.toContain(SECRET)
})

describe('unchanged behaviour', () => {
  test('results and errors', async () => {
    const outcomes = []
    for (const isObserved of [false, true]) {
      const recorder = createTestRecorder()
      const server = createToolServer()
      const client = new Client({ name: 'test', version: '1.0.0' })
      const [near, far] = InMemoryTransport.createLinkedPair()
      if (isObserved) for (const subject of [client, server]) expect(instrument(subject, { recorder })).toBe(subject)
      const seen: unknown[] = []
      near.onmessage = (message) => seen.push(Object.keys(message))
      near.onclose = () => seen.push('closed')
      await Promise.all([server.connect(far), client.connect(near)])
      const results = [
        await client.callTool({ name: 'calculator', arguments: { a: 1, b: 2 } }),
        await client.callTool({ name: 'file_reader', arguments: { path: 'x' } }),
        await client
          .callTool({ name: 'calculator', arguments: { a: 'no number' } })
          .catch((error: Error) => error.message),
        await client.getPrompt({ name: 'none' }).catch((error: Error) => error.message),
      ]
      await client.close()
      const after = await client.callTool({ name: 'calculator' }).catch((error: Error) => error.message)
      outcomes.push({ results, seen, after, keys: Object.keys(client) })
    }
    expect(outcomes[1]).toEqual(outcomes[0])
  })

  test('a second call has no effect, for the client, its transport and an open connection', async () => {
    const { recorder, client, server } = await connectInMemory()
    instrument(client, { recorder })
    instrument(server, { recorder })
    instrument(server.server, { recorder })
    if (client.transport !== undefined) instrument(client.transport, { recorder })
    await client.callTool({ name: 'calculator', arguments: { a: 1, b: 2 } })
    expect(operations(recorder, 'client')).toMatchObject({ 'tools/call calculator': 1 })
    expect(operations(recorder, 'server')).toMatchObject({ 'tools/call calculator': 1 })
  })

  test('an open connection is observed from then on', async () => {
    const recorder = createTestRecorder()
    const server = createToolServer()
    const client = new Client({ name: 'test', version: '1.0.0' })
    const [near, far] = InMemoryTransport.createLinkedPair()
    await Promise.all([server.connect(far), client.connect(near)])
    closing.push(() => client.close())
    instrument(client, { recorder })
    instrument(server, { recorder })
    await client.callTool({ name: 'calculator', arguments: { a: 1, b: 2 } })
    expect(operations(recorder, 'client')).toEqual({ 'tools/call calculator': 1 })
    expect(operations(recorder, 'server')).toEqual({ 'tools/call calculator': 1 })
  })

  test('a failing transport rejects as before', async () => {
    const recorder = createTestRecorder()
    const client = instrument(new Client({ name: 'test', version: '1.0.0' }), { recorder })
    const transport = new StreamableHTTPClientTransport(new URL('http://127.0.0.1:1/mcp'))
    // The SDK's own types do not allow undefined where its transports use it.
    await expect(client.connect(transport as Transport)).rejects.toThrow('fetch failed')
    expect(operations(recorder, 'client')).toMatchObject({ 'initialize TypeError': 1 })
  })

  test('a value that is neither client, server nor transport stays unchanged', () => {
    const recorder = createTestRecorder()
    const thing = { a: 1 }
    expect(instrument(thing, { recorder })).toBe(thing)
    expect(Object.getOwnPropertyNames(thing)).toEqual(['a'])
    const label = { kind: 'library', name: 'mcp', status: 'shape_unknown' } as const
    expect(recorder.value('quipu_instrumentation_info', label)).toBe(1)
  })
})

test('over Streamable HTTP, from both sides', async () => {
  const recorder = createTestRecorder()
  const far = createTestRecorder()
  const server = instrument(createToolServer(), { recorder: far })
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => 'session' })
  await server.connect(transport as Transport)
  const http = createServer((request, response) => void transport.handleRequest(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    http.closeAllConnections()
    http.close()
  })
  const { port } = http.address() as AddressInfo
  const client = instrument(new Client({ name: 'test', version: '1.0.0' }), { recorder })
  await client.connect(new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${port}/mcp`)) as Transport)
  await client.listTools()
  await client.callTool({ name: 'calculator', arguments: { a: 1, b: 2 } })
  const labels = {
    'mcp.method.name': 'tools/call',
    'gen_ai.tool.name': 'calculator',
    'gen_ai.operation.name': 'execute_tool' as const,
    'mcp.protocol.version': '2025-11-25',
    'jsonrpc.protocol.version': '2.0',
    'network.transport': 'tcp',
    'network.protocol.name': 'http',
  }
  const server_ = { 'server.address': '127.0.0.1', 'server.port': String(port) }
  expect(recorder.value('mcp.client.operation.duration', { ...labels, ...server_ })).toMatchObject({ count: 1 })
  expect(far.value('mcp.server.operation.duration', labels)).toMatchObject({ count: 1 })
  await client.close()
})

test('over stdio', async () => {
  const recorder = createTestRecorder()
  const sdk = (path: string): string =>
    JSON.stringify(import.meta.resolve(`@modelcontextprotocol/sdk/server/${path}.js`))
  const program = `
    import { McpServer } from ${sdk('mcp')}
    import { StdioServerTransport } from ${sdk('stdio')}
    const server = new McpServer({ name: 'tools', version: '1.0.0' })
    server.registerTool('now', {}, () => ({ content: [{ type: 'text', text: 'noon' }] }))
    await server.connect(new StdioServerTransport())
  `
  const client = instrument(new Client({ name: 'test', version: '1.0.0' }), { recorder })
  closing.push(() => client.close())
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: ['--input-type=module', '-e', program] }),
  )
  await client.listTools()
  await client.callTool({ name: 'now' })
  expect(
    recorder.value('mcp.client.operation.duration', {
      'mcp.method.name': 'tools/call',
      'gen_ai.tool.name': 'now',
      'gen_ai.operation.name': 'execute_tool' as const,
      'mcp.protocol.version': '2025-11-25',
      'jsonrpc.protocol.version': '2.0',
      'network.transport': 'pipe',
    }),
  ).toMatchObject({ count: 1 })
})
