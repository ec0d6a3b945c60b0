import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { z } from 'zod'

/** The application's tools, as an MCP server. */
export function createToolServer(): McpServer {
  const server = new McpServer({ name: 'securetrack-tools', version: '1.0.0' })
  server.registerTool(
    'calculator',
    { description: 'Adds numbers', inputSchema: { numbers: z.array(z.number()) } },
    ({ numbers }) => ({ content: [{ type: 'text', text: String(numbers.reduce((sum, one) => sum + one, 0)) }] }),
  )
  server.registerTool('file_reader', { description: 'Reads a file', inputSchema: { path: z.string() } }, ({ path }) => {
    throw new Error(`no such file: ${path}`)
  })
  return server
}
