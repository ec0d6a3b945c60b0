import type { ClientRequest, IncomingMessage } from 'node:http'
import { describeError } from '@quipu/core'
import { type MatchedPath, matchRequest } from '@quipu/protocols'
import type { StartedRequest } from '../exchange/attempt.js'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import type { Guard } from '../exchange/guarded.js'
import { takeCurrentBody } from '../observers/observers.js'
import { at } from '../shape.js'
import { observeReadable } from './observe-readable.js'
import { observeWrites, requestOf, type Source, subscribe, watchMethod } from './source.js'

/** Where a request has its exchange. A WeakMap takes longer, and more at each collection of garbage. */
const EXCHANGE: unique symbol = Symbol('quipu.exchange')

/**
 * Clients that use `node:http` and `node:https` (axios, node-fetch, got, openai 4), through Node's diagnostics
 * channels. Requests of model calls and their responses get their own methods that observe the chunks of their bodies.
 *
 * Node 20 publishes a request after its body was written; there the model comes from the response.
 */
export const nodeHttpSource: Source = {
  name: 'http',
  subscribe(open, guard) {
    // Apart from the subscribers: a function that creates a closure allocates for it when it is called.
    const begin = (request: ClientRequest, matched: MatchedPath, isSent: boolean): void =>
      guard(() => {
        const exchange = open(startedRequest(request, matched))
        if (exchange === undefined) return
        Object.defineProperty(request, EXCHANGE, { value: exchange })
        watchMethod(request, 'destroy', () => noteStop(request))
        const body = takeCurrentBody()
        if (!isSent) observeWrites(request, exchange, guard)
        else {
          // Node 20 publishes a request after its body was written. Of an instrumented client the body is known.
          if (body !== undefined) exchange.requestBytes(body)
          exchange.requestEnd()
        }
      })
    const beginMatched = (message: unknown, isSent: boolean): void => {
      const request = requestOf(message)
      // The path first: it excludes most requests.
      const { method, path } = (request ?? {}) as { readonly method?: unknown; readonly path?: unknown }
      const matched = typeof path === 'string' ? matchRequest(method, path) : undefined
      if (matched === undefined || !isClientRequest(request) || exchangeOf(request) !== undefined) return
      begin(request, matched, isSent)
    }
    const on = (
      name: string,
      handle: (exchange: ExchangeObserver, request: ClientRequest, message: unknown) => void,
    ) => {
      const pass = (exchange: ExchangeObserver, request: ClientRequest, message: unknown): void =>
        guard(() => handle(exchange, request, message))
      return subscribe(`http.client.${name}`, (message) => {
        const request = requestOf(message)
        const exchange = exchangeOf(request)
        if (exchange !== undefined && isClientRequest(request)) pass(exchange, request, message)
      })
    }
    const stops = [
      subscribe('http.client.request.created', (message) => beginMatched(message, false)),
      subscribe('http.client.request.start', (message) => beginMatched(message, true)),
      on('request.error', (exchange, request, message) => exchange.fail(causeOf(request, at(message, 'error')))),
      on('response.finish', (exchange, request, message) => {
        const response = at(message, 'response')
        if (isResponse(response)) observeResponseOf(request, response, exchange, guard)
      }),
    ]
    return () => {
      for (const stop of stops) stop()
    }
  },
}

function exchangeOf(request: unknown): ExchangeObserver | undefined {
  // Only this module sets it.
  return (request as { readonly [EXCHANGE]?: ExchangeObserver } | null | undefined)?.[EXCHANGE]
}

function startedRequest(request: ClientRequest, matched: MatchedPath): StartedRequest {
  const header = (name: string): string | undefined => textOf(request.getHeader(name))
  const origin = `${request.protocol}//${header('host') ?? request.host}`
  return { matched, origin, path: request.path, header, source: nodeHttpSource.name }
}

/** Requests that their client aborted. */
const stopped = new WeakSet<object>()

/** A client also destroys a request whose response failed, which is not an abort. */
function noteStop(request: ClientRequest): void {
  if (at(at(request, 'res'), 'aborted') !== true) stopped.add(request)
}

/** The client's own abort looks like a reset connection; its time limit (axios, got) is an error of its own. */
function causeOf(request: ClientRequest, error: unknown): unknown {
  if (error === undefined || error === null) return { name: 'AbortError' }
  const isStopped = request.aborted || stopped.has(request)
  return isStopped && describeError(error).type !== 'timeout' ? { name: 'AbortError' } : error
}

function observeResponseOf(
  request: ClientRequest,
  response: IncomingMessage,
  exchange: ExchangeObserver,
  guard: Guard,
): void {
  exchange.responseStart(response.statusCode ?? 0, (name) => textOf(response.headers[name]))
  observeReadable(response, exchange, { guard, causeOfClose: () => causeOf(request, response.errored) })
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
