import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, test } from 'vitest'
import { createToolServer, operations, useMcpSessions } from '../../fixtures/mcp-sessions.js'
import { instrument } from './instrument.js'

const { connectInMemory, closing } = useMcpSessions()

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
