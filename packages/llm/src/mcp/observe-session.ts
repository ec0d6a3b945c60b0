import { mcpMethods } from '@quipu/catalog/builtin'
import type { Recorder, ToolCall } from '@quipu/core'
import { at, isShape, type Shape, textAt } from '../shape.js'
import { createKnownNames, isToolError, type KnownNames } from './known-names.js'
import type { Network } from './network.js'

/** Which way a request goes, as this side sees it. */
type Direction = 'sent' | 'received'

interface Pending {
  readonly method: string
  readonly startedAt: number
  /** The tool or prompt that is asked for. */
  readonly name: string | undefined
  readonly toolCall: ToolCall | undefined
}

/** What a session's transport is seen to do. */
export interface SessionObserver {
  sent(message: unknown): void
  /** The transport could not send it. */
  notSent(message: unknown, error: unknown): void
  received(message: unknown): void
  closed(): void
}

/** Requests that wait for an answer at most; beyond them the oldest is forgotten. */
const MAX_PENDING = 10_000
/** A longer name is cut by the store in any case: a stranger's must not be held in full. */
const MAX_NAME_LENGTH = 256
const CONNECTION_CLOSED = '-32000'

/** A tool's failure as the vocabularies know it: by its type, without its text (A36). */
class ToolFailure extends Error {
  readonly code: string

  constructor(errorType: string) {
    super('the tool call failed')
    this.name = 'ToolFailure'
    this.code = errorType
  }
}

/**
 * Pairs the requests and responses of one MCP session by their JSON-RPC ids and records how long each took: on
 * `mcp.client.*` what this side sent, on `mcp.server.*` what it received. Tool calls that it sent are tool calls of the
 * application too (A20, A22, K14). Of messages only methods, names, ids and codes are read.
 */
export function observeSession(recorder: Recorder, network: Network, owner?: object): SessionObserver {
  const pending = { sent: new Map<unknown, Pending>(), received: new Map<unknown, Pending>() }
  const names = createKnownNames(owner)
  let session: { readonly direction: Direction; readonly startedAt: number } | undefined
  let protocolVersion: string | undefined

  const now = (): number => recorder.clock.monotonicMs()
  const sessionLabels = () => ({
    ...network.session,
    'mcp.protocol.version': protocolVersion,
    'jsonrpc.protocol.version': '2.0',
  })

  const record = (direction: Direction, request: Pending, errorType?: string, code?: string): void => {
    const seconds = (now() - request.startedAt) / 1000
    const isTrusted = direction === 'sent' || errorType === undefined
    const labels = {
      ...sessionLabels(),
      ...targetLabels(request, names, isTrusted),
      'mcp.method.name': isMethod(request.method) ? request.method : ('_OTHER' as const),
      'rpc.response.status_code': code,
      'error.type': errorType,
    }
    if (direction === 'sent') {
      recorder.metrics['mcp.client.operation.duration'].record(seconds, { ...labels, ...network.server })
    } else {
      recorder.metrics['mcp.server.operation.duration'].record(seconds, labels)
    }
    if (errorType === undefined) request.toolCall?.end()
    else request.toolCall?.fail(new ToolFailure(errorType))
  }

  const begin = (direction: Direction, method: string, message: Shape): Pending => {
    const name = isNamed(method) ? textAt(message.params, 'name')?.slice(0, MAX_NAME_LENGTH) : undefined
    const isToolCall = direction === 'sent' && method === 'tools/call' && name !== undefined
    const toolCall = isToolCall ? recorder.joinToolCall(name, names.toolLabel(name, true)) : undefined
    return { method, startedAt: now(), name, toolCall }
  }

  const isUnknownTool = ({ method, name }: Pending): boolean =>
    method === 'tools/call' && name !== undefined && names.isUnknownTool(name)

  const take = (direction: Direction, id: unknown): Pending | undefined => {
    const request = pending[direction].get(id)
    pending[direction].delete(id)
    return request
  }

  const answered = (direction: Direction, message: Shape): void => {
    const request = take(direction, message.id)
    if (request === undefined) return
    if (isShape(message.error)) {
      const code = String(message.error.code)
      record(direction, request, isUnknownTool(request) ? 'unknown_tool' : code, code)
      return
    }
    const { result } = message
    if (request.method === 'tools/list') names.learn(result)
    if (request.method === 'initialize') protocolVersion = textAt(result, 'protocolVersion')
    if (!isToolError(result)) record(direction, request)
    else record(direction, request, isUnknownTool(request) ? 'unknown_tool' : 'tool_error')
  }

  const requested = (direction: Direction, method: string, message: Shape): void => {
    const waiting = pending[direction]
    if (method === 'ping') return
    if (method === 'initialize') session ??= { direction, startedAt: now() }
    if (waiting.size >= MAX_PENDING) waiting.delete(waiting.keys().next().value)
    waiting.set(message.id, begin(direction, method, message))
  }

  const notified = (direction: Direction, method: string, message: Shape): void => {
    record(direction, begin(direction, method, message))
    // The sender has given up; an answer that comes later is not counted.
    if (method !== 'notifications/cancelled') return
    const request = take(direction, at(message.params, 'requestId'))
    if (request !== undefined) record(direction, request, 'cancelled')
  }

  const observe = (direction: Direction, message: unknown): void => {
    if (Array.isArray(message)) {
      for (const one of message) observe(direction, one)
      return
    }
    if (!isShape(message)) return
    const { method, id } = message
    if (typeof method !== 'string') answered(direction === 'sent' ? 'received' : 'sent', message)
    else if (id === undefined) notified(direction, method, message)
    else requested(direction, method, message)
  }

  return {
    sent: (message) => observe('sent', message),
    received: (message) => observe('received', message),
    notSent(message, error) {
      const request = take('sent', at(message, 'id'))
      if (request === undefined || !isShape(message) || message.method === undefined) return
      record('sent', request, error instanceof Error ? error.name : 'unknown')
    },
    closed() {
      for (const direction of ['sent', 'received'] as const) {
        for (const request of pending[direction].values()) record(direction, request, CONNECTION_CLOSED)
        pending[direction].clear()
      }
      if (session === undefined) return
      const seconds = (now() - session.startedAt) / 1000
      if (session.direction === 'sent') {
        recorder.metrics['mcp.client.session.duration'].record(seconds, { ...sessionLabels(), ...network.server })
      } else recorder.metrics['mcp.server.session.duration'].record(seconds, sessionLabels())
      session = undefined
    },
  }
}

const methods: ReadonlySet<string> = new Set(mcpMethods)

function isMethod(method: string): method is (typeof mcpMethods)[number] {
  return methods.has(method)
}

function isNamed(method: string): boolean {
  return method === 'tools/call' || method === 'prompts/get'
}

function targetLabels({ method, name }: Pending, names: KnownNames, isTrusted: boolean) {
  if (method === 'prompts/get') return { 'gen_ai.prompt.name': name && names.promptLabel(name, isTrusted) }
  if (method !== 'tools/call') return {}
  return {
    'gen_ai.tool.name': name && names.toolLabel(name, isTrusted),
    'gen_ai.operation.name': 'execute_tool' as const,
  }
}
