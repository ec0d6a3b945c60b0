import type { ClientRequest, IncomingMessage } from 'node:http'
import { matchPath } from '../protocols/protocols.js'
import { at } from '../shape.js'
import type { Exchange } from './exchange.js'
import { bytesOf, type Guard, type Open, type Source, see, subscribe } from './source.js'

/**
 * Clients that use `node:http` and `node:https` (axios, node-fetch, got, openai 4), by Node's diagnostics channels. A
 * request of a model call and its answer get methods of their own that see the chunks of their bodies.
 *
 * Node 20 publishes a request after its body was written: there the model comes from the answer.
 */
export const nodeHttpSource: Source = {
  name: 'http',
  subscribe(open, guard) {
    const exchanges = new WeakMap<object, Exchange>()
    const begin = (message: unknown): void => {
      const request = at(message, 'request')
      if (!isClientRequest(request) || request.method !== 'POST' || exchanges.has(request)) return
      const matched = matchPath(request.path)
      if (matched !== undefined) guard(() => observe(request, exchanges, open, guard))
    }
    const stops = [
      subscribe('http.client.request.created', begin),
      subscribe('http.client.request.start', begin),
      subscribe('http.client.response.finish', (message) => {
        const request = at(message, 'request')
        const exchange = isClientRequest(request) ? exchanges.get(request) : undefined
        const response = at(message, 'response')
        if (exchange !== undefined && isResponse(response)) guard(() => observeAnswer(response, exchange, guard))
      }),
      subscribe('http.client.request.error', (message) => {
        const request = at(message, 'request')
        const exchange = isClientRequest(request) ? exchanges.get(request) : undefined
        if (exchange !== undefined) guard(() => exchange.fail(at(message, 'error')))
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  },
}

function observe(request: ClientRequest, exchanges: WeakMap<object, Exchange>, open: Open, guard: Guard): void {
  const matched = matchPath(request.path)
  if (matched === undefined) return
  const header = (name: string): string | undefined => textOf(request.getHeader(name))
  const origin = `${request.protocol}//${header('host') ?? request.host}`
  const exchange = open({ matched, origin, path: request.path, header })
  if (exchange === undefined) return
  exchanges.set(request, exchange)
  const sent = (chunk: unknown, encoding: unknown): void => {
    const bytes = bytesOf(chunk, encoding)
    if (bytes !== undefined) exchange.requestBytes(bytes)
  }
  see(request, 'write', (chunk, encoding) => guard(() => sent(chunk, encoding)))
  see(request, 'end', (chunk, encoding) =>
    guard(() => {
      sent(chunk, encoding)
      exchange.requestEnd()
    }),
  )
}

function observeAnswer(response: IncomingMessage, exchange: Exchange, guard: Guard): void {
  exchange.answerStart(response.statusCode ?? 0, (name) => textOf(response.headers[name]))
  see(response, 'push', (chunk, encoding) =>
    guard(() => {
      if (chunk === null) exchange.answerEnd()
      const bytes = bytesOf(chunk, encoding)
      if (bytes !== undefined) exchange.answerBytes(bytes)
    }),
  )
  // Closed before its end: the client stopped reading, or the connection broke.
  response.once('close', () =>
    guard(() => exchange.fail(response.errored ?? Object.assign(new Error('closed'), { name: 'AbortError' }))),
  )
}

function isClientRequest(value: unknown): value is ClientRequest {
  return typeof at(value, 'getHeader') === 'function' && typeof at(value, 'path') === 'string'
}

function isResponse(value: unknown): value is IncomingMessage {
  return typeof at(value, 'push') === 'function'
}

function textOf(value: number | string | readonly string[] | undefined): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'object' ? value.join(', ') : String(value)
}
