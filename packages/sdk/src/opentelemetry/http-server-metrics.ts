import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Attributes, Meter } from '@opentelemetry/api'

/** Under which an adapter of a framework leaves the route's template on the request: `/users/:id`. */
const ROUTE = Symbol.for('quipu.route')

/** Bounds of the semantic conventions for `http.server.request.duration`. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** The methods of RFC 9110, PATCH (RFC 5789) and QUERY; any other is `_OTHER` (semantic conventions, http.request.method). */
const methods: ReadonlySet<unknown> = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))

/** One answered request. */
interface Answered {
  readonly request: object
  readonly response: object | undefined
  readonly seconds: number
}

/** Most requests that are remembered until somebody records them. */
const MAX_EARLY = 1000

interface HttpWatch {
  /** Hands over what was answered so far, and everything from now on. */
  to(record: (answered: Answered) => void): void
  stop(): void
}

/**
 * Watches every server of node:http through Node's own diagnostics channels: nothing is patched, and a server that listens
 * already is seen too. A request whose client went away before its answer was out is not seen.
 */
function watchHttpServer(): HttpWatch {
  const startedAt = new WeakMap<object, number>()
  const early: Answered[] = []
  let record = (answered: Answered): void => {
    if (early.length < MAX_EARLY) early.push(answered)
  }
  const onStart = (message: unknown): void => {
    const request = objectAt(message, 'request')
    if (request !== undefined) startedAt.set(request, performance.now())
  }
  const onFinish = (message: unknown): void => {
    const request = objectAt(message, 'request')
    const start = request && startedAt.get(request)
    if (request === undefined || start === undefined) return
    startedAt.delete(request)
    record({ request, response: objectAt(message, 'response'), seconds: (performance.now() - start) / 1000 })
  }
  // What a subscriber throws Node throws again where nobody can catch it (T27).
  const start = guarded(onStart)
  const finish = guarded(onFinish)
  subscribe('http.server.request.start', start)
  subscribe('http.server.response.finish', finish)
  return {
    to(next) {
      record = next
      for (const answered of early.splice(0)) next(answered)
    },
    stop() {
      unsubscribe('http.server.request.start', start)
      unsubscribe('http.server.response.finish', finish)
    },
  }
}

let earlyWatch: HttpWatch | undefined

/** Begins to watch before there is a meter, so that no request is missed until there is one. */
export function watchHttpServerEarly(): void {
  earlyWatch ??= watchHttpServer()
}

/**
 * Records `http.server.request.duration`, as the semantic conventions for HTTP metrics have it.
 * @returns a function that ends it
 */
export function measureHttpServer(meter: Meter, isOwnScrape: (request: object) => boolean): () => void {
  const duration = meter.createHistogram('http.server.request.duration', {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: bounds },
  })
  const watch = earlyWatch ?? watchHttpServer()
  earlyWatch = undefined
  watch.to(({ request, response, seconds }) => {
    if (!isOwnScrape(request)) duration.record(seconds, attributesOf(request, response))
  })
  return watch.stop
}

function guarded(hear: (message: unknown) => void): (message: unknown) => void {
  return (message) => {
    try {
      hear(message)
    } catch {
      // A request that cannot be read is not measured.
    }
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
