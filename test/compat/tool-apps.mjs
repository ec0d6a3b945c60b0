import { programsOf } from './register-apps.mjs'

// Small applications that do not use Quipu, one for each framework above the model clients: each calls a tool.

/** The packages of the applications, in the versions that they have installed. */
export const dependencies = {
  current: {
    '@ai-sdk/openai': '4.0.118',
    '@langchain/core': '1.4.0',
    '@langchain/langgraph': '1.7.3',
    '@langchain/openai': '1.6.0',
    '@modelcontextprotocol/client': '2.4.0',
    '@modelcontextprotocol/sdk': '1.32.2',
    '@modelcontextprotocol/server': '2.4.0',
    '@openai/agents': '0.20.0',
    ai: '7.0.173',
    langchain: '1.5.14',
    openai: '7.57.0',
    zod: '4.6.7',
  },
  older: { '@ai-sdk/openai': '3.0.141', ai: '6.0.326', zod: '4.6.7' },
  oldest: { '@ai-sdk/openai': '2.0.130', ai: '5.0.277', zod: '4.6.7' },
}

const schema = 'z.object({ a: z.number(), b: z.number() })'
const zod = ['{ z }', 'zod']

/** A server whose model asks for the tool `sum`, and answers once it has the tool's result. */
const modelServer = `const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const { messages } = JSON.parse(Buffer.concat(parts).toString())
    const call = { id: 'c-1', type: 'function', function: { name: 'sum', arguments: '{"a":1,"b":2}' } }
    const isAnswered = messages.at(-1).role === 'tool'
    const message = { role: 'assistant', content: isAnswered ? 'secret' : null, ...(!isAnswered && { tool_calls: [call] }) }
    const choices = [{ index: 0, message, finish_reason: isAnswered ? 'stop' : 'tool_calls' }]
    const usage = { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: '1', created: 1, object: 'chat.completion', model: 'gpt-4', choices, usage }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseURL = 'http://127.0.0.1:' + server.address().port + '/v1'`

/** An MCP server over HTTP, with one server of the SDK per request; and a client that calls its tool. */
const mcp = (handle) => `const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const text = Buffer.concat(parts).toString()
    const tools = new McpServer({ name: 'tools', version: '1.0.0' })
    tools.registerTool('sum', { inputSchema: ${schema} }, async ({ a, b }) => ({ content: [{ type: 'text', text: String(a + b) }] }))
    ${handle}
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new Client({ name: 'application', version: '1.0.0' })
  await client.connect(new StreamableHTTPClientTransport(new URL('http://127.0.0.1:' + server.address().port + '/mcp')))
  await client.listTools()
  const { content } = await client.callTool({ name: 'sum', arguments: { a: 1, b: 2 } })
  if (content[0].text !== '3') throw new Error('the result is wrong')`

/** An agent of the AI SDK, and a model in this process. */
const aiSdk = (agent, telemetry, { version, usage, reason }) => ({
  imports: [['{ createOpenAI }', '@ai-sdk/openai'], [`{ ${agent}, generateText, stepCountIs, tool }`, 'ai'], zod],
  body: `${modelServer}
  const model = createOpenAI({ apiKey: 'x', baseURL }).chat('gpt-4')
  const tools = { sum: tool({ description: 'Adds.', inputSchema: ${schema}, execute: async ({ a, b }) => a + b }) }
  const agent = new ${agent}({ model, stopWhen: stepCountIs(3), tools, ${telemetry}: { functionId: 'adder' } })
  await agent.generate({ prompt: 'secret' })
  const doGenerate = async () => ({ content: [{ type: 'text', text: 'secret' }], usage: ${usage}, finishReason: ${reason}, warnings: [] })
  const own = { specificationVersion: '${version}', provider: 'local', modelId: 'own', supportedUrls: {}, doGenerate }
  await generateText({ model: own, prompt: 'secret' })`,
  expected: [toolCall, modelCalls, agentRun, 'llm_requests_total{model="own",endpoint="chat"} 1'],
})
const aiSdkModels = {
  5: { version: 'v2', usage: '{ inputTokens: 1, outputTokens: 1, totalTokens: 2 }', reason: "'stop'" },
  6: {
    version: 'v3',
    usage: '{ inputTokens: { total: 1 }, outputTokens: { total: 1 } }',
    reason: "{ unified: 'stop' }",
  },
  7: {
    version: 'v4',
    usage: '{ inputTokens: { total: 1 }, outputTokens: { total: 1 } }',
    reason: "{ unified: 'stop' }",
  },
}

const toolCall = 'aki_tool_usage_total{tool_name="sum"} 1'
const modelCalls = 'llm_requests_total{model="gpt-4",endpoint="chat"} 2'
const agentRun = 'gen_ai_invoke_agent_inference_calls_sum{gen_ai_agent_name="adder"} 2'

/**
 * @typedef {{ imports: readonly string[][], body: string, expected: readonly string[], fromNode?: number }} App
 * @type {Record<keyof typeof dependencies, Record<string, App>>}
 */
const apps = {
  current: {
    'mcp-1': {
      imports: [
        ['{ Client }', '@modelcontextprotocol/sdk/client/index.js'],
        ['{ StreamableHTTPClientTransport }', '@modelcontextprotocol/sdk/client/streamableHttp.js'],
        ['{ McpServer }', '@modelcontextprotocol/sdk/server/mcp.js'],
        ['{ StreamableHTTPServerTransport }', '@modelcontextprotocol/sdk/server/streamableHttp.js'],
        zod,
      ],
      body: mcp(`const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await tools.connect(transport)
    await transport.handleRequest(request, response, text === '' ? undefined : JSON.parse(text))`),
      expected: [toolCall],
    },
    'mcp-2': {
      imports: [
        ['{ Client, StreamableHTTPClientTransport }', '@modelcontextprotocol/client'],
        ['{ McpServer, WebStandardStreamableHTTPServerTransport }', '@modelcontextprotocol/server'],
        zod,
      ],
      body: mcp(`const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: undefined })
    await tools.connect(transport)
    const { method, headers } = request
    const answer = await transport.handleRequest(new Request('http://127.0.0.1/mcp', { method, headers, ...(text !== '' && { body: text }) }))
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    for await (const part of answer.body ?? []) response.write(part)
    response.end()`),
      expected: [toolCall],
    },
    langchain: {
      imports: [
        ['{ tool }', '@langchain/core/tools'],
        ['{ ChatOpenAI }', '@langchain/openai'],
        ['{ createAgent }', 'langchain'],
        zod,
      ],
      body: `${modelServer}
  const sum = tool(({ a, b }) => String(a + b), { name: 'sum', description: 'Adds.', schema: ${schema} })
  const model = new ChatOpenAI({ model: 'gpt-4', apiKey: 'x', configuration: { baseURL } })
  await createAgent({ model, tools: [sum], name: 'adder' }).invoke({ messages: [{ role: 'user', content: 'secret' }] })`,
      expected: [toolCall, modelCalls, agentRun],
    },
    agents: {
      imports: [
        ['{ Agent, run, setDefaultOpenAIClient, setOpenAIAPI, setTraceProcessors, tool }', '@openai/agents'],
        ['OpenAI', 'openai'],
        zod,
      ],
      // Its own processor would send to OpenAI.
      body: `${modelServer}
  setTraceProcessors([])
  setDefaultOpenAIClient(new OpenAI({ apiKey: 'x', baseURL }))
  setOpenAIAPI('chat_completions')
  const sum = tool({ name: 'sum', description: 'Adds.', parameters: ${schema}, execute: async ({ a, b }) => String(a + b) })
  await run(new Agent({ name: 'adder', model: 'gpt-4', tools: [sum] }), 'secret')`,
      expected: [toolCall, modelCalls, agentRun],
      fromNode: 22,
    },
    'ai-7': { ...aiSdk('ToolLoopAgent', 'telemetry', aiSdkModels[7]), fromNode: 22 },
  },
  older: { 'ai-6': aiSdk('ToolLoopAgent', 'experimental_telemetry', aiSdkModels[6]) },
  oldest: { 'ai-5': aiSdk('Experimental_Agent', 'experimental_telemetry', aiSdkModels[5]) },
}

/**
 * @param {keyof typeof dependencies} installed the set of versions that the applications have
 * @param {number} node the major version that runs them
 * @returns the arguments of `checkRegister`
 */
export function toolApps(installed, node) {
  const all = Object.entries(apps[installed]).map(([name, app]) => ({ name, ...app }))
  return programsOf(all.filter(({ fromNode = 20 }) => node >= fromNode))
}
