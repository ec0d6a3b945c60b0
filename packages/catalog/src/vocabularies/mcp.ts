import { mcpMethods } from '../mcp-methods.js'
import type { MetricSpecs } from '../types.js'

const durationBuckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300] as const

const optionalName = { class: 'name', optional: true } as const
// A JSON-RPC code, or `tool_error` when the result has `isError`.
const errorType = { class: 'errorType', values: ['tool_error', 'unknown_tool'], optional: true } as const

const session = {
  'error.type': errorType,
  'mcp.protocol.version': { class: 'name', optional: true, budget: 20 },
  'network.transport': { class: 'name', values: ['pipe', 'tcp', 'quic'], optional: true, budget: 10 },
  'network.protocol.name': { class: 'name', values: ['http'], optional: true, budget: 10 },
  'network.protocol.version': { class: 'name', optional: true, budget: 10 },
  'jsonrpc.protocol.version': { class: 'name', values: ['2.0'], optional: true, budget: 10 },
} as const
const operation = {
  'mcp.method.name': { class: 'name', values: [...mcpMethods, '_OTHER'] },
  'gen_ai.tool.name': { class: 'tool', optional: true },
  'gen_ai.prompt.name': optionalName,
  'gen_ai.operation.name': { values: ['execute_tool'], optional: true },
  'rpc.response.status_code': { class: 'name', optional: true, budget: 50 },
  ...session,
} as const
const server = {
  'server.address': { class: 'host', optional: true },
  'server.port': { class: 'name', optional: true, budget: 50 },
} as const

const common = {
  kind: 'histogram',
  unit: 's',
  buckets: durationBuckets,
  privacy: 'none',
  merge: 'sum',
  vocabulary: 'gen_ai',
  source: 'OpenTelemetry MCP metrics',
} as const

/**
 * Metrics of OpenTelemetry's Model Context Protocol conventions. The opt-in attribute `mcp.resource.uri` is not read,
 * because it is content.
 */
export const mcpMetrics = {
  'mcp.client.operation.duration': {
    ...common,
    help: 'Duration of an MCP request or notification, as observed by its sender',
    labels: { ...operation, ...server },
  },
  'mcp.server.operation.duration': {
    ...common,
    help: 'Duration of an MCP request or notification, as observed by its receiver',
    labels: operation,
  },
  'mcp.client.session.duration': {
    ...common,
    help: 'Duration of an MCP session, as observed by the client',
    labels: { ...session, ...server },
  },
  'mcp.server.session.duration': {
    ...common,
    help: 'Duration of an MCP session, as observed by the server',
    labels: session,
  },
} as const satisfies MetricSpecs
