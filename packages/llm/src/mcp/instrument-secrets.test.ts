import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, test } from 'vitest'
import { createToolServer, operations, SECRET, useMcpSessions } from '../../fixtures/mcp-sessions.js'
import { instrument } from './instrument.js'

const { connectInMemory, closing } = useMcpSessions()

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
    // A name that the server does not list is used only after the server has served it.
    const failed = 'tools/call file_reader tool_error'
    expect(counted[failed]).toBe(part(server) === server ? 1 : undefined)
  })
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
