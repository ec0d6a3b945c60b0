import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { withUser } from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { expect, test } from 'vitest'
import { createToolServer, operations, SECRET, useMcpSessions } from '../../fixtures/mcp-sessions.js'
import { instrument } from './instrument.js'

const { connectInMemory, closing } = useMcpSessions()

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

test('an unknown tool creates no separate series', async () => {
  const { recorder, client } = await connectInMemory()
  for (const name of ['hallucinated_1', 'hallucinated_2']) await client.callTool({ name })
  expect(operations(recorder, 'client')).toMatchObject({ 'tools/call other unknown_tool': 2 })
  expect(operations(recorder, 'server')).toMatchObject({ 'tools/call other unknown_tool': 2 })
  expect(recorder.value('tool_usage', { tool_name: 'other' })).toBe(2)
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
