import { join } from 'node:path'
import { runProgram } from '../compat/run-program.mjs'

// Applications from npm, and minimal agent programs from the documentation of frameworks.

/** Tool calls in every application here: the model server requests the tool once per question. */
const sum = `name: 'sum', description: 'Adds.', schema: z.object({ a: z.number(), b: z.number() })`

const langGraphAgent = `import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { createAgent } from 'langchain'
import { z } from 'zod'
const sum = tool(({ a, b }) => String(a + b), { ${sum} })
const model = new ChatOpenAI({ model: 'gpt-4.1', apiKey: 'planted-key', configuration: { baseURL: 'MODEL_SERVER/v1' } })
export const agent = createAgent({ model, tools: [sum], name: 'adder' })
`

const mastraServer = `import { Agent } from '@mastra/core/agent'
import { Mastra } from '@mastra/core/mastra'
import { createTool } from '@mastra/core/tools'
import { MastraServer } from '@mastra/express'
import express from 'express'
import { z } from 'zod'
const execute = async ({ a, b }) => ({ sum: a + b })
const inputSchema = z.object({ a: z.number(), b: z.number() })
const sum = createTool({ id: 'sum', description: 'Adds.', inputSchema, execute })
const model = { id: 'custom/gpt-4.1', url: 'MODEL_SERVER/v1', apiKey: 'planted-key' }
const adder = new Agent({ id: 'adder', name: 'adder', instructions: 'planted-prompt', model, tools: { sum } })
const app = express().use(express.json())
await new MastraServer({ app, mastra: new Mastra({ agents: { adder } }) }).init()
app.listen(Number(process.env.PORT), '127.0.0.1')
`

const mastraRuns = `import { Agent } from '@mastra/core/agent'
import { Mastra } from '@mastra/core/mastra'
import { MockMemory } from '@mastra/core/memory'
import { InMemoryStore } from '@mastra/core/storage'
import { createTool } from '@mastra/core/tools'
import { createStep, createWorkflow } from '@mastra/core/workflows'
import { z } from 'zod'
const execute = async ({ a, b }) => ({ sum: a + b })
const inputSchema = z.object({ a: z.number(), b: z.number() })
const sum = createTool({ id: 'sum', description: 'Adds.', inputSchema, execute, requireApproval: true })
const model = { id: 'custom/gpt-4.1', url: 'MODEL_SERVER/v1', apiKey: 'planted-key' }
const about = { instructions: 'planted-prompt', description: 'planted-prompt', model }
const adder = new Agent({ id: 'adder', name: 'Sum Agent', ...about, tools: { sum } })
const helper = new Agent({ id: 'helper', name: 'helper', ...about })
const router = new Agent({ id: 'router', name: 'router', ...about, agents: { helper }, memory: new MockMemory() })
const idle = new Agent({ id: 'idle', name: 'idle', ...about, memory: new MockMemory() })
const text = z.object({ text: z.string() })
const ask = createStep({ id: 'ask', inputSchema: text, outputSchema: text,
  execute: async () => ({ text: (await helper.generate('planted-prompt')).text }) })
const pause = createStep({ id: 'pause', inputSchema: text, outputSchema: text, resumeSchema: text, suspendSchema: text,
  execute: async ({ inputData, resumeData, suspend }) => (resumeData ? inputData : suspend({ text: 'planted-text' })) })
const fail = createStep({ id: 'fail', inputSchema: text, outputSchema: text, execute: async () => { throw new Error('planted') } })
const ends = { inputSchema: text, outputSchema: text }
const flow = createWorkflow({ id: 'flow', ...ends }).then(ask).then(pause).commit()
const failing = createWorkflow({ id: 'failing', ...ends }).then(fail).commit()
const mastra = new Mastra({ agents: { adder, helper, router, idle }, workflows: { flow, failing }, storage: new InMemoryStore(), logger: false })
const agent = mastra.getAgent('adder')
const printed = []
const asked = await agent.generate('planted-prompt')
printed.push(asked.finishReason, (await agent.approveToolCallGenerate({ runId: asked.runId })).text)
const stream = await agent.stream('planted-prompt')
for await (const chunk of stream.fullStream) if (chunk.type === 'tool-call-approval') printed.push(chunk.payload.toolName)
for await (const part of (await agent.approveToolCall({ runId: stream.runId })).textStream) printed.push(part)
const run = await mastra.getWorkflow('flow').createRun()
printed.push((await run.start({ inputData: { text: 'planted-text' } })).status)
printed.push((await run.resume({ step: 'pause', resumeData: { text: 'planted-text' } })).status)
printed.push((await (await mastra.getWorkflow('failing').createRun()).start({ inputData: { text: 'a' } })).status)
const memory = { thread: 'planted-thread', resource: 'planted-user' }
const network = await mastra.getAgent('router').network('planted-prompt', { maxSteps: 1, memory })
for await (const chunk of network) if (chunk.type.endsWith('-end')) printed.push(chunk.type)
printed.push(await network.status)
const untilIdle = await mastra.getAgent('idle').stream('planted-prompt', { untilIdle: true, memory })
for await (const chunk of untilIdle.fullStream) if (chunk.type === 'finish') printed.push(chunk.type)
console.log('printed ' + JSON.stringify(printed))
`

const mcpClient = `import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
const [how, where] = process.argv.slice(2)
const stdio = { command: process.execPath, args: [where, 'stdio'], env: process.env }
const transport = how === 'stdio' ? new StdioClientTransport(stdio) : new StreamableHTTPClientTransport(new URL(where))
const client = new Client({ name: 'client', version: '1.0.0' })
await client.connect(transport)
const { tools } = await client.listTools()
const results = [tools.length]
for (const [name, args] of [['get-sum', { a: 1, b: 2 }], ['echo', { message: 'planted-prompt' }], ['planted-name', {}]])
  results.push(await client.callTool({ name, arguments: args }))
console.log(JSON.stringify(results))
await transport.terminateSession?.()
await client.close()
`

const mcpPackages = { '@modelcontextprotocol/server-everything': '2026.8.31', '@modelcontextprotocol/sdk': '1.32.2' }
const mcpServer = (folder) => join(folder, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js')
/** Counts on both sides of an MCP connection. Unknown tools of the server are counted together. */
const mcpCounts = ['client', 'server'].flatMap((side) => [
  [`mcp.${side}.operation.duration`, { 'mcp.method.name': 'tools/list' }, 1],
  ...['get-sum', 'echo', 'other'].map((tool) => [`mcp.${side}.operation.duration`, { 'gen_ai.tool.name': tool }, 1]),
])
const mcpTools = ['get-sum', 'echo', 'other'].map((tool) => ['tool_usage', { tool_name: tool }, 1])

/** Posts each body as JSON, one after the other; resolves to the texts of the responses. */
async function post(base, requests) {
  const texts = []
  for (const [path, body] of requests) {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
    // LangGraph sends line feeds before the response of a slow run.
    texts.push(`${response.status} ${(await response.text()).trimStart()}`)
  }
  return texts.join('\n')
}

const question = { messages: [{ role: 'user', content: 'planted-prompt' }] }

/**
 * @typedef {object} Application
 * @property {string} name
 * @property {Record<string, string>} packages
 * @property {Record<string, string>} files in its folder; `MODEL_SERVER` is the model's server
 * @property {(folder: string, port: number) => readonly string[]} command its program and arguments
 * @property {Record<string, string>} [environment]
 * @property {(base: string, run: { program: string, folder: string, cwd: string, env: object }) => Promise<string>} [ask]
 *   sends requests to a server application and returns its responses; without it the application ends by itself
 * @property {(output: string) => string} [result] returns the result that an application which ends by itself has printed
 * @property {number} calls number of model calls at the model server
 * @property {string} counted description of the counts
 * @property {readonly (readonly [name: string, labels: object, count: number])[]} [counts] beside the model calls
 */

/** @type {readonly Application[]} */
export const applications = [
  {
    name: 'promptfoo 0.123',
    packages: { promptfoo: '0.123.1' },
    files: {
      'promptfooconfig.yaml': [
        "prompts: ['Translate {{text}} to French', 'Say {{text}}']",
        'providers:',
        '  - id: openai:chat:gpt-4.1',
        '    config: { apiBaseUrl: "MODEL_SERVER/v1", apiKey: planted-key }',
        'tests: [{ vars: { text: hello } }, { vars: { text: world } }, { vars: { text: again } }]',
      ].join('\n'),
    },
    command: (folder) => [
      join(folder, 'node_modules/promptfoo/dist/src/entrypoint.js'),
      ...['eval', '--no-cache', '--no-write', '-c', 'promptfooconfig.yaml'],
    ],
    environment: { PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', PROMPTFOO_CONFIG_DIR: '.' },
    result: (output) =>
      output
        .split('\n')
        .filter((line) => line.includes('│'))
        .join('\n'),
    calls: 6,
    counted: 'model calls, tokens',
  },
  {
    name: '@langchain/langgraph-cli 1.5, `dev`',
    packages: {
      '@langchain/core': '1.4.0',
      '@langchain/langgraph': '1.7.3',
      '@langchain/langgraph-cli': '1.5.1',
      '@langchain/openai': '1.6.0',
      langchain: '1.5.14',
      zod: '4.6.7',
    },
    files: {
      'agent.mjs': langGraphAgent,
      'langgraph.json': JSON.stringify({ dependencies: ['.'], graphs: { agent: './agent.mjs:agent' }, env: {} }),
    },
    command: (folder, port) => [
      join(folder, 'node_modules/@langchain/langgraph-cli/dist/cli/cli.mjs'),
      ...['dev', '--no-browser', '--no-reload', '--host', '127.0.0.1', '--port', String(port)],
    ],
    environment: { LANGGRAPH_CLI_NO_ANALYTICS: '1' },
    ask: (base) =>
      post(base, [
        ['/runs/wait', { assistant_id: 'agent', input: question }],
        ['/runs/stream', { assistant_id: 'agent', input: question, stream_mode: ['values'] }],
      ]),
    calls: 4,
    counted: 'model calls, tokens, tool calls, agent runs',
    counts: [
      ['tool_usage', { tool_name: 'sum' }, 2],
      ['gen_ai.execute_tool.duration', { 'gen_ai.tool.name': 'sum' }, 2],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'adder' }, 2],
      ['gen_ai.invoke_agent.inference_calls', { 'gen_ai.agent.name': 'adder' }, 2],
    ],
  },
  {
    name: '@mastra/core 1.71 behind @mastra/express 1.5',
    packages: { '@mastra/core': '1.71.0', '@mastra/express': '1.5.12', express: '5.3.0', zod: '4.6.7' },
    files: { 'server.mjs': mastraServer },
    command: () => ['server.mjs'],
    environment: { MASTRA_TELEMETRY_DISABLED: '1' },
    ask: (base) =>
      post(base, [
        ['/api/agents/adder/generate', { messages: 'planted-prompt' }],
        ['/api/agents/adder/stream', { messages: 'planted-prompt' }],
      ]),
    calls: 4,
    counted: 'model calls, tokens, tool calls, agent runs',
    counts: [
      ['tool_usage', { tool_name: 'sum' }, 2],
      ['gen_ai.execute_tool.duration', { 'gen_ai.tool.name': 'sum' }, 2],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'adder' }, 2],
      ['gen_ai.invoke_agent.inference_calls', { 'gen_ai.agent.name': 'adder' }, 2],
    ],
  },
  {
    name: '@mastra/core 1.71, resumed runs, workflows and a network',
    packages: { '@mastra/core': '1.71.0', '@mastra/express': '1.5.12', express: '5.3.0', zod: '4.6.7' },
    files: { 'runs.mjs': mastraRuns },
    command: () => ['runs.mjs'],
    environment: { MASTRA_TELEMETRY_DISABLED: '1' },
    result: (output) => output.split('\n').find((line) => line.startsWith('printed')) ?? output,
    calls: 9,
    counted: 'model calls, tokens, tool calls, runs of agents and workflows',
    counts: [
      ['tool_usage', { tool_name: 'sum' }, 2],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'Sum Agent' }, 4],
      ['gen_ai.invoke_agent.inference_calls', { 'gen_ai.agent.name': 'Sum Agent' }, 4],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'helper' }, 2],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'router' }, 1],
      ['gen_ai.invoke_agent.duration', { 'gen_ai.agent.name': 'idle' }, 1],
      ['gen_ai.invoke_workflow.duration', { 'gen_ai.workflow.name': 'flow' }, 2],
      ['gen_ai.invoke_workflow.duration', { 'gen_ai.workflow.name': 'failing' }, 1],
    ],
  },
  {
    name: '@modelcontextprotocol/server-everything over stdio, and a client',
    packages: mcpPackages,
    files: { 'client.mjs': mcpClient },
    command: (folder) => ['client.mjs', 'stdio', mcpServer(folder)],
    result: (output) => output.split('\n').find((line) => line.startsWith('[')) ?? output,
    calls: 0,
    counted: 'requests on both sides, tool calls',
    counts: [...mcpCounts, ...mcpTools],
  },
  {
    name: '@modelcontextprotocol/server-everything over HTTP, and a client',
    packages: mcpPackages,
    files: { 'client.mjs': mcpClient },
    command: (folder) => [mcpServer(folder), 'streamableHttp'],
    ask: async (base, { program, cwd, env }) =>
      (await runProgram(program, ['client.mjs', 'http', `${base}/mcp`], { cwd, env })).output
        .split('\n')
        .find((line) => line.startsWith('[')) ?? 'nothing',
    calls: 0,
    counted: 'requests on both sides, tool calls',
    counts: [...mcpCounts, ...mcpTools],
  },
]
