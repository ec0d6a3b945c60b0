import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Attributes, Meter } from '@opentelemetry/api'

/** Under which an adapter of a framework leaves the route's template on the request: `/users/:id`. */
const ROUTE = Symbol.for('quipu.route')

/** Bounds of the semantic conventions for `http.server.request.duration`. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The methods of RFC 9110, PATCH (RFC 5789) and QUERY; any other is `_OTHER` (semantic conventions, http.request.method). */
const methods: ReadonlySet<unknown> = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/**
 * Records `http.server.request.duration` of every server of node:http, from Node's own diagnostics channels: nothing is
 * patched, and a server that listens already is seen too. A request whose client went away before its answer was out is
 * not recorded.
 * @returns a function that ends it
 */
export function measureHttpServer(meter: Meter, isOwnScrape: (request: object) => boolean): () => void {
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: bounds },
  })
  const startedAt = new WeakMap<object, number>()

  const onStart = (message: unknown): void => {
    const request = objectAt(message, 'request')
    if (request !== undefined) startedAt.set(request, performance.now())
  }
  const onFinish = (message: unknown): void => {
    const request = objectAt(message, 'request')
    const start = request && startedAt.get(request)
    if (request === undefined || start === undefined || isOwnScrape(request)) return
    startedAt.delete(request)
    duration.record((performance.now() - start) / 1000, attributesOf(request, objectAt(message, 'response')))
  }
  subscribe('http.server.request.start', onStart)
  subscribe('http.server.response.finish', onFinish)
  return () => {
    unsubscribe('http.server.request.start', onStart)
    unsubscribe('http.server.response.finish', onFinish)
  }
}

function attributesOf(request: object, response: object | undefined): Attributes {
  const method: unknown = Reflect.get(request, 'method')
  const status: unknown = response && Reflect.get(response, 'statusCode')
  const route: unknown = Reflect.get(request, ROUTE)
  const socket = objectAt(request, 'socket')
  return {
    'http.request.method': typeof method === 'string' && methods.has(method) ? method : '_OTHER',
    ...(typeof status === 'number' && { 'http.response.status_code': status }),
    'url.scheme': socket && Reflect.get(socket, 'encrypted') === true ? 'https' : 'http',
    ...(typeof route === 'string' && { 'http.route': route }),
  }
}

function objectAt(holder: unknown, key: string): object | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const value: unknown = Reflect.get(holder, key)
  return typeof value === 'object' && value !== null ? value : undefined
}
