import { cpSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { useToolModelServer } from '../../../llm/fixtures/tool-model-server.js'
import { samplesOf } from '../../fixtures/page-points.js'
import { runAndScrape } from '../../fixtures/run-and-scrape.js'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

// An MCP server on stdio in its own process, without Quipu.
const toolServer = `
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'
const server = new McpServer({ name: 'tools', version: '1.0.0' })
server.registerTool('sum', { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }))
server.registerTool('broken', {}, () => { throw new Error('planted-error') })
await server.connect(new StdioServerTransport())
`

const names = {
  openai: ['{ ChatOpenAI }', '@langchain/openai'],
  tools: ['{ tool }', '@langchain/core/tools'],
  client: ['{ Client }', '@modelcontextprotocol/sdk/client/index.js'],
  stdio: ['{ StdioClientTransport }', '@modelcontextprotocol/sdk/client/stdio.js'],
  zod: ['{ z }', 'zod'],
}
const imports = Object.values(names).map(([what, from]) => `import ${what} from '${from}'`)
const requires = Object.values(names).map(([what, from]) => `const ${what} = require('${from}')`)

// A LangChain application without Quipu: its tool calls a tool of the MCP server; one call fails twice before it succeeds.
const body = `
async function main() {
  const client = new Client({ name: 'app', version: '1.0.0' })
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [process.env.TOOL_SERVER] }))
  const sum = tool(async (args) => (await client.callTool({ name: 'sum', arguments: args })).content[0].text, { name: 'sum', description: 'Adds.', schema: z.object({ a: z.number(), b: z.number() }) })
  console.log(await sum.invoke({ a: 1, b: 2 }))
  console.log((await client.callTool({ name: 'broken' })).isError)
  const model = new ChatOpenAI({ apiKey: 'planted-key', model: 'a-model', configuration: { baseURL: process.env.MODEL_SERVER } })
  console.log((await model.invoke('planted-prompt')).content)
  console.log('served')
  const timer = setInterval(() => undefined, 1000)
  process.once('SIGTERM', () => { clearInterval(timer); void client.close() })
}
main()
`

// An agent of OpenAI's Agents SDK and a loop of the AI SDK, each with a tool of the same name.
const agents = `
import { createOpenAI } from '@ai-sdk/openai'
import { Agent, run, setDefaultOpenAIClient, setOpenAIAPI, tool as agentTool } from '@openai/agents'
import { generateText, stepCountIs, tool } from 'ai'
import OpenAI from 'openai'
import { z } from 'zod'
const baseURL = process.env.MODEL_SERVER
const parameters = z.object({ a: z.number(), b: z.number() })
const execute = async ({ a, b }) => String(a + b)
setDefaultOpenAIClient(new OpenAI({ apiKey: 'planted-key', baseURL }))
setOpenAIAPI('chat_completions')
const agent = new Agent({ name: 'adder', model: 'a-model', tools: [agentTool({ name: 'sum', description: 'Adds.', parameters, execute })] })
console.log((await run(agent, 'planted-prompt')).finalOutput)
const model = createOpenAI({ apiKey: 'planted-key', baseURL }).chat('a-model')
const tools = { sum: tool({ description: 'Adds.', inputSchema: parameters, execute }) }
console.log((await generateText({ model, prompt: 'planted-prompt', stopWhen: stepCountIs(3), tools })).text)
console.log('served')
const timer = setInterval(() => undefined, 1000)
process.once('SIGTERM', () => clearInterval(timer))
`

const toolModel = useToolModelServer()
let apps: AppFolder
let failuresLeft = 0
const model = createServer((request, response) => {
  request.resume()
  if (failuresLeft-- > 0) {
    response.writeHead(500, { 'retry-after': '0' }).end()
    return
  }
  const message = { role: 'assistant', content: 'planted-answer' }
  const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
  const choices = [{ index: 0, message, finish_reason: 'stop' }]
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ id: '1', object: 'chat.completion', model: 'a-model', choices, usage }))
})

/** Installs a package under another name in a folder, as `npm install ai-7@npm:ai` does. */
function installAlias(folder: string, name: string, alias: string): void {
  const from = fileURLToPath(new URL(`../../../../node_modules/${name}`, import.meta.url))
  cpSync(from, `${apps.path}/${folder}/node_modules/${alias}`, { recursive: true })
  const dependencies = { [alias]: `npm:${name}@7` }
  writeFileSync(`${apps.path}/${folder}/package.json`, JSON.stringify({ dependencies }))
}

beforeAll(async () => {
  apps = await createAppFolder()
  apps.write('tool-server.mjs', toolServer)
  apps.write('agents.mjs', agents)
  installAlias('aliased', 'ai', 'ai-7')
  apps.write('aliased/agents.mjs', agents.replace("from 'ai'", "from 'ai-7'"))
  apps.write('app.mjs', `${imports.join('\n')}\n${body}`)
  apps.write('app.cjs', `${requires.join('\n')}\n${body}`)
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve))
}, 120_000)
afterAll(() => {
  apps.remove()
  model.close()
  model.closeAllConnections()
})

test.each(['app.mjs', 'app.cjs'])(
  '%s, unchanged: tools of LangChain and of an MCP server once each, and a retried call once',
  async (name) => {
    failuresLeft = 2
    const { custom, standard, stdout, stderr } = await runAndScrape(apps, name, {
      TOOL_SERVER: `${apps.path}/tool-server.mjs`,
      MODEL_SERVER: `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1`,
    })
    expect(stdout).toBe('3\ntrue\nplanted-answer\nserved\n')
    expect(stderr).toMatch(/^quipu: models seen on the wire, .*@langchain\/core 1\.4\.0.* · pages/m)
    expect(stderr).toContain('@modelcontextprotocol/sdk 1.32.2')
    const samples = new Map([...samplesOf(custom), ...samplesOf(standard)])
    const ofMetric = (metric: string) => [...samples].filter(([series]) => series.startsWith(`${metric} `))
    expect(ofMetric('llm_requests_total')).toEqual([['llm_requests_total endpoint=chat model=a-model', 1]])
    expect(ofMetric('llm_retries_total')).toEqual([['llm_retries_total model=a-model reason=server_error', 2]])
    expect(ofMetric('aki_tool_usage_total')).toEqual([
      ['aki_tool_usage_total tool_name=sum', 1],
      ['aki_tool_usage_total tool_name=broken', 1],
    ])
    expect(samples.get('quipu_instrumentation_info kind=library name=mcp status=active')).toBe(1)
    expect(custom + standard).not.toContain('planted')
  },
)

test.each([
  ['agents.mjs', 'ai'],
  ['aliased/agents.mjs', 'ai-7'],
])(
  '%s with %s, unchanged: an agent and a loop, their model calls, tool calls and the run of the agent',
  async (name, ai) => {
    toolModel.asks('sum', { a: 1, b: 2 })
    const { custom, standard, stdout, stderr } = await runAndScrape(apps, name, { MODEL_SERVER: toolModel.url })
    expect(stdout).toBe('planted-answer\nplanted-answer\nserved\n')
    expect(stderr).toContain('@openai/agents-core 0.20.0')
    expect(stderr).toContain(`${ai} 7.0.173`)
    const samples = new Map([...samplesOf(custom), ...samplesOf(standard)])
    expect(samples.get('llm_requests_total endpoint=chat model=a-model')).toBe(toolModel.requestCount)
    expect(samples.get('aki_tool_usage_total tool_name=sum')).toBe(2)
    expect(samples.get('gen_ai_invoke_agent_duration_seconds_count gen_ai_agent_name=adder')).toBe(1)
    expect(custom + standard).not.toContain('planted')
  },
)
