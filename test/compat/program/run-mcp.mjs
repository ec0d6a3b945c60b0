import { createServer } from 'node:http'
import process from 'node:process'
import * as client2 from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import * as server2 from '@modelcontextprotocol/server'
import { createRecorder } from '@quipu/core'
import { instrument } from '@quipu/llm/mcp'
import { z } from 'zod'
import { createChecks, equal, ok } from './checks.mjs'

// Bun, Deno and Node: an instrumented client of each SDK calls a tool of an instrumented server over HTTP.
const { check, result } = createChecks()
const versions = {
  1: { Client, StreamableHTTPClientTransport, McpServer, WebStandardStreamableHTTPServerTransport },
  2: { ...client2, ...server2 },
}

/** Counts of a histogram by the values of one label. */
function counts(recorder, name, label) {
  const reading = recorder.readings().find((each) => each.name === name)
  const found = {}
  for (const { values, data, at } of reading?.cells() ?? []) {
    const value = values[reading.labelNames.indexOf(label)]
    for (let i = 1; i <= reading.bounds.length + 1 && value !== undefined; i++) {
      found[value] = (found[value] ?? 0) + data[at + i]
    }
  }
  return found
}

/** A server for each request, as MCP's stateless mode requires. */
function listen({ McpServer, WebStandardStreamableHTTPServerTransport }, recorder) {
  const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const tools = new McpServer({ name: 'tools', version: '1.0.0' })
    const inputSchema = z.object({ a: z.number(), b: z.number() })
    tools.registerTool('sum', { inputSchema }, async ({ a, b }) => ({
      content: [{ type: 'text', text: String(a + b) }],
    }))
    instrument(tools, { recorder })
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: undefined,
      enableJsonResponse: true,
    })
    await tools.connect(transport)
    const { method, headers } = request
    const body = parts.length > 0 ? { body: Buffer.concat(parts) } : {}
    const answer = await transport.handleRequest(new Request('http://127.0.0.1/mcp', { method, headers, ...body }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    if (method === 'POST') response.end(Buffer.from(await answer.arrayBuffer()))
    else response.end()
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

for (const [version, sdk] of Object.entries(versions)) {
  const recorder = createRecorder()
  const server = await listen(sdk, recorder)
  const client = instrument(new sdk.Client({ name: 'application', version: '1.0.0' }), { recorder })
  await check(`MCP ${version}: a tool call is counted once on each side`, async () => {
    await client.connect(
      new sdk.StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${server.address().port}/mcp`)),
    )
    await client.listTools()
    const { content } = await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })
    equal(content[0].text, '3')
    equal(counts(recorder, 'mcp.client.operation.duration', 'gen_ai.tool.name'), { sum: 1 })
    equal(counts(recorder, 'mcp.server.operation.duration', 'gen_ai.tool.name'), { sum: 1 })
    equal(counts(recorder, 'gen_ai.execute_tool.duration', 'gen_ai.tool.name'), { sum: 1 })
  })
  await check(`MCP ${version}: requests are counted by their method`, () => {
    const { 'tools/list': listed, 'tools/call': called } = counts(
      recorder,
      'mcp.client.operation.duration',
      'mcp.method.name',
    )
    equal([listed, called], [1, 1])
    ok(counts(recorder, 'mcp.server.operation.duration', 'mcp.method.name').initialize === 1)
  })
  await client.close()
  server.closeAllConnections?.()
  server.close()
}
const { passed, failures } = result()
process.stdout.write(`${failures.join('\n')}\n${passed} checks passed, ${failures.length} failed\n`)
process.exit(failures.length === 0 ? 0 : 1)
