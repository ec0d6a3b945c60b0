import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callLine } from '../../fixtures/call-line.js'
import { runCaptured } from '../../fixtures/run-captured.js'

const command = join(import.meta.dirname, '../../dist/bin.js')

/** The MCP SDK's own client, connected over stdio to the built command. */
async function connect(...targets: readonly string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [command, 'mcp', ...targets] }))
  return client
}

/** Calls a tool: its text, read as JSON unless it is an error. */
async function call(client: Client, name: string, args: { readonly [name: string]: unknown } = {}): Promise<unknown> {
  const { content, isError } = await client.callTool({ name, arguments: args })
  const [{ text }] = content as [{ text: string }]
  return isError ? { error: text } : JSON.parse(text)
}

describe('quipu mcp', () => {
  let folder: string
  let client: Client
  let close: () => void
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'quipu-mcp-'))
    const at = Date.UTC(2026, 0, 28, 9)
    const line = (model: string, tokens: number, hour: number) => callLine(model, tokens, at + hour * 3_600_000)
    writeFileSync(
      join(folder, 'activity.log'),
      [line('gpt-4', 5, 0), line('o3', 900, 1), line('o3', 100, 20), ''].join('\n'),
    )
    writeFileSync(join(folder, 'secret.log'), '[METRIC] [eve] secret_event\n')
    const server = createServer(({ url }, response) =>
      url === '/custom_metrics'
        ? response.end(
            'llm_requests_total{model="o3",endpoint="a"} 3\nllm_requests_total{model="o3",endpoint="b"} 4\nup 1\n',
          )
        : response.writeHead(404).end(),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    close = () => server.close()
    client = await connect(join(folder, 'activity.log'), `127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
  afterAll(async () => {
    await client.close()
    close()
    rmSync(folder, { recursive: true })
  })

  test('has read-only tools', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual(['list_metrics', 'query_activity', 'read_metric'])
    expect(tools.map(({ annotations }) => annotations?.readOnlyHint)).toEqual([true, true, true])
  })

  test('counts lines by model and day, and sums a field', async () => {
    const by = { by: ['model', 'day'], value: 'total_tokens', event: ['llm_call'] }
    expect(await call(client, 'query_activity', by)).toMatchObject([
      { model: 'gpt-4', day: '2026-01-28', count: 1, sum: 5 },
      { model: 'o3', day: '2026-01-28', count: 1, sum: 900 },
      { model: 'o3', day: '2026-01-29', count: 1, sum: 100 },
    ])
    expect(await call(client, 'query_activity', { since: '2026-01-29' })).toEqual([{ event: 'llm_call', count: 1 }])
    expect(await call(client, 'query_activity')).toEqual([{ event: 'llm_call', count: 3 }])
  })

  test('reads the metrics of the page', async () => {
    expect(await call(client, 'list_metrics', { contains: 'llm' })).toEqual([
      { metric: 'llm_requests_total', labels: ['model', 'endpoint'], series: 2 },
    ])
    expect(await call(client, 'read_metric', { metric: 'llm_requests_total', by: ['model'] })).toEqual([
      { model: 'o3', value: 7 },
    ])
  })

  test('returns an error that names the correction', async () => {
    expect(await call(client, 'query_activity', { since: 'yesterday' })).toMatchObject({
      error: expect.stringContaining('yesterday is not a time'),
    })
    expect(await call(client, 'read_metric', { metric: 'nothing' })).toMatchObject({
      error: expect.stringContaining('the page has no nothing'),
    })
  })

  test('reads only the files of the command line', async () => {
    const tries = ['file', 'files', 'path'].map((name) =>
      call(client, 'query_activity', { [name]: join(folder, 'secret.log') }),
    )
    expect(JSON.stringify(await Promise.all(tries))).not.toContain('secret')
  })

  test.each([
    [['-'], 'standard input belongs to the client'],
    [['a:1', 'b:2'], 'one address only'],
  ])('%j exits with 2 and says why', async (targets, why) => {
    const { code, said } = await runCaptured(['mcp', ...targets])
    expect(said).toContain(why)
    expect(code).toBe(2)
  })
})
