import { fileURLToPath } from 'node:url'
import { MultiServerMCPClient } from '@langchain/mcp-adapters'
import { ChatOpenAI } from '@langchain/openai'
import { createAgent } from 'langchain'
import { serveChat } from './serve-chat.js'

// A LangGraph agent whose tools come from an MCP server in a separate process.
const tools = await new MultiServerMCPClient({
  tools: {
    transport: 'stdio',
    command: process.execPath,
    args: [fileURLToPath(new URL('tool-server.js', import.meta.url))],
  },
}).getTools()
const agent = createAgent({ model: new ChatOpenAI({ model: 'gpt-4.1-mini' }), tools, name: 'assistant' })

await serveChat(async function* (question) {
  const { messages } = await agent.invoke({ messages: [{ role: 'user', content: question }] })
  yield String(messages.at(-1)?.content ?? '')
})
