import { mcpMethods } from '@quipu/catalog/builtin'
import type { Recorder, ToolCall } from '@quipu/core'
import { at, isShape, type Shape, textAt } from '@quipu/wire/shape'
import { joinReportedTool } from '../frameworks/reported-tools.js'
import { createKnownNames, isToolError, type KnownNames } from './known-names.js'
import type { Network } from './network.js'

/** Direction of a request, relative to this side. */
type Direction = 'sent' | 'received'

interface Pending {
  readonly method: string
  readonly startedAt: number
  /** The requested tool or prompt. */
  readonly name: string | undefined
  readonly toolCall: ToolCall | undefined
}

/** Receives the events of a session's transport. */
export interface SessionObserver {
  sent(message: unknown): void
  /** The transport failed to send the message. */
  notSent(message: unknown, error: unknown): void
  received(message: unknown): void
  closed(): void
}

/** Maximum number of requests that wait for a response. Beyond it, the oldest is dropped. */
const MAX_PENDING = 10_000
/** The store shortens names; longer ones are cut earlier, so that those of an attacker are not stored. */
const MAX_NAME_LENGTH = 256
const CONNECTION_CLOSED = '-32000'

/** Failure of a tool: its type without its text. */
class ToolFailure extends Error {
  readonly code: string

  constructor(errorType: string) {
    super('the tool call failed')
    this.name = 'ToolFailure'
    this.code = errorType
  }
}

/**
 * Pairs requests and responses of one MCP session by their JSON-RPC ids and records their duration: sent requests on
 * `mcp.client.*`, received ones on `mcp.server.*`. Sent tool calls are also recorded as tool calls of the application.
 * Only methods, names, ids and codes of messages are read.
 */
export function observeSession(recorder: Recorder, network: Network, clientOrServer?: object): SessionObserver {
  const session = new McpSession(recorder, network, createKnownNames(clientOrServer))
  return {
    sent: (message) => session.observe('sent', message),
    received: (message) => session.observe('received', message),
    notSent: (message, error) => session.notSent(message, error),
    closed: () => session.close(),
  }
}

/** One session: its requests without a response, and its own properties. */
class McpSession {
  readonly #recorder: Recorder
  readonly #network: Network
  readonly #names: KnownNames
  readonly #pending = { sent: new Map<unknown, Pending>(), received: new Map<unknown, Pending>() }
  #opened: { readonly direction: Direction; readonly startedAt: number } | undefined = undefined
  #protocolVersion: string | undefined = undefined

  constructor(recorder: Recorder, network: Network, names: KnownNames) {
    this.#recorder = recorder
    this.#network = network
    this.#names = names
  }

  observe(direction: Direction, message: unknown): void {
    if (Array.isArray(message)) {
      for (const one of message) this.observe(direction, one)
      return
    }
    if (!isShape(message)) return
    const { method, id } = message
    if (typeof method !== 'string') this.#observeResponse(direction === 'sent' ? 'received' : 'sent', message)
    else if (id === undefined) this.#notify(direction, method, message)
    else this.#request(direction, method, message)
  }

  /** The transport failed to send a message. */
  notSent(message: unknown, error: unknown): void {
    const request = this.#take('sent', at(message, 'id'))
    if (request === undefined || !isShape(message) || message.method === undefined) return
    this.#record('sent', request, error instanceof Error ? error.name : 'unknown')
  }

  close(): void {
    for (const direction of ['sent', 'received'] as const) {
      for (const request of this.#pending[direction].values()) this.#record(direction, request, CONNECTION_CLOSED)
      this.#pending[direction].clear()
    }
    if (this.#opened === undefined) return
    const { direction, startedAt } = this.#opened
    const { metrics } = this.#recorder
    const seconds = (this.#now() - startedAt) / 1000
    if (direction === 'sent') {
      metrics['mcp.client.session.duration'].record(seconds, { ...this.#labels(), ...this.#network.server })
    } else metrics['mcp.server.session.duration'].record(seconds, this.#labels())
    this.#opened = undefined
  }

  #request(direction: Direction, method: string, message: Shape): void {
    const waiting = this.#pending[direction]
    if (method === 'ping') return
    if (method === 'initialize') this.#opened ??= { direction, startedAt: this.#now() }
    if (waiting.size >= MAX_PENDING) waiting.delete(waiting.keys().next().value)
    waiting.set(message.id, this.#begin(direction, method, message))
  }

  #notify(direction: Direction, method: string, message: Shape): void {
    this.#record(direction, this.#begin(direction, method, message))
    // The sender no longer waits; a later response is not counted.
    if (method !== 'notifications/cancelled') return
    const request = this.#take(direction, at(message.params, 'requestId'))
    if (request !== undefined) this.#record(direction, request, 'cancelled')
  }

  #observeResponse(direction: Direction, message: Shape): void {
    const request = this.#take(direction, message.id)
    if (request === undefined) return
    if (isShape(message.error)) {
      const code = String(message.error.code)
      this.#record(direction, request, this.#isUnknownTool(request) ? 'unknown_tool' : code, code)
      return
    }
    const { result } = message
    if (request.method === 'tools/list') this.#names.learn(result)
    if (request.method === 'initialize') this.#protocolVersion = textAt(result, 'protocolVersion')
    if (!isToolError(result)) this.#record(direction, request)
    else this.#record(direction, request, this.#isUnknownTool(request) ? 'unknown_tool' : 'tool_error')
  }

  #begin(direction: Direction, method: string, message: Shape): Pending {
    const name = isNamed(method) ? textAt(message.params, 'name')?.slice(0, MAX_NAME_LENGTH) : undefined
    const isToolCall = direction === 'sent' && method === 'tools/call' && name !== undefined
    const toolCall = isToolCall ? joinReportedTool(this.#recorder, name, this.#names.toolLabel(name, true)) : undefined
    return { method, startedAt: this.#now(), name, toolCall }
  }

  #record(direction: Direction, request: Pending, errorType?: string, code?: string): void {
    const { metrics } = this.#recorder
    const seconds = (this.#now() - request.startedAt) / 1000
    const isTrusted = direction === 'sent' || errorType === undefined
    const labels = {
      ...this.#labels(),
      ...targetLabels(request, this.#names, isTrusted),
      'mcp.method.name': isMethod(request.method) ? request.method : ('_OTHER' as const),
      'rpc.response.status_code': code,
      'error.type': errorType,
    }
    if (direction === 'sent') {
      metrics['mcp.client.operation.duration'].record(seconds, { ...labels, ...this.#network.server })
    } else metrics['mcp.server.operation.duration'].record(seconds, labels)
    if (errorType === undefined) request.toolCall?.end()
    else request.toolCall?.fail(new ToolFailure(errorType))
  }

  #take(direction: Direction, id: unknown): Pending | undefined {
    const request = this.#pending[direction].get(id)
    this.#pending[direction].delete(id)
    return request
  }

  #isUnknownTool({ method, name }: Pending): boolean {
    return method === 'tools/call' && name !== undefined && this.#names.isUnknownTool(name)
  }

  #labels() {
    return {
      ...this.#network.session,
      'mcp.protocol.version': this.#protocolVersion,
      'jsonrpc.protocol.version': '2.0',
    }
  }

  #now(): number {
    return this.#recorder.clock.monotonicMs()
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
