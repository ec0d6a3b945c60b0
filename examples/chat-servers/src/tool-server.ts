import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { z } from 'zod'

const server = new McpServer({ name: 'tools', version: '1.0.0' })
server.registerTool(
  'calculator',
  { description: 'Adds numbers', inputSchema: { numbers: z.array(z.number()) } },
  ({ numbers }) => ({ content: [{ type: 'text', text: String(numbers.reduce((sum, each) => sum + each, 0)) }] }),
)
await server.connect(new StdioServerTransport())
