import { isObject } from '@quipu/catalog/builtin'
import { isPage } from '../pages.js'
import { wrapMethod } from '../reports/wrap-method.js'
import { rememberLatestRequest } from '../requests/latest-request.js'
import type { OpenRequest } from '../requests/open-request.js'
import { failRequest, openRequestOf } from '../requests/request-registry.js'
import { endFetchRequest, failFetchRequest, followResponse, openFetchRequest } from './follow-response.js'

type Handler = (this: unknown, request: Request, ...rest: unknown[]) => unknown
type ErrorHandler = (this: unknown, error: unknown, ...rest: unknown[]) => unknown
type Serve = (this: unknown, ...args: unknown[]) => unknown

/** What the observed servers call. */
export interface FetchServerEvents {
  /** Called before a server starts, with any of the runtime's functions. */
  onServe(): void
  /** Adds the observers to a request; returns whether there are any. */
  observe(open: OpenRequest): boolean
}

/** How a runtime serves a handler: the names of the options that hold the handler and its handler of errors. */
interface Runtime {
  readonly name: 'Bun' | 'Deno'
  readonly handler: 'fetch' | 'handler'
  readonly onError: 'error' | 'onError'
}

const runtimes: readonly Runtime[] = [
  { name: 'Bun', handler: 'fetch', onError: 'error' },
  { name: 'Deno', handler: 'handler', onError: 'onError' },
]

/**
 * Replaces `Bun.serve` or `Deno.serve`, because these runtimes publish no requests of their own servers.
 * @returns a function that restores it; servers that run keep their handlers
 */
export function watchFetchServers(events: FetchServerEvents): () => void {
  const stops = runtimes.map((runtime) => {
    const holder: unknown = Reflect.get(globalThis, runtime.name)
    const serve: unknown = isObject(holder) ? holder.serve : undefined
    if (!isObject(holder) || typeof serve !== 'function') return () => undefined
    const original = Object.getOwnPropertyDescriptor(holder, 'serve') ?? {}
    const observed: Serve = function (...args) {
      events.onServe()
      const server: unknown = Reflect.apply(serve, this, observedArguments(runtime, args, events))
      // Bun's servers take other handlers while they run.
      wrapMethod<Serve>(server, 'reload', (reload) => {
        return function (...others) {
          return Reflect.apply(reload, this, observedArguments(runtime, others, events))
        }
      })
      return server
    }
    Object.defineProperties(observed, Object.getOwnPropertyDescriptors(serve))
    const set = (value: unknown, before: PropertyDescriptor): boolean =>
      Reflect.defineProperty(holder, 'serve', before.get === undefined ? { value } : { ...before, get: () => value })
    set(observed, original)
    return () => {
      if (holder.serve === observed) set(serve, original)
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function observedArguments(runtime: Runtime, args: unknown[], events: FetchServerEvents): unknown[] {
  return args.map((argument) => {
    if (typeof argument === 'function') return observedHandler(argument as Handler, events, undefined, undefined)
    // Bun's `node:http` is made of `Bun.serve`, and is observed by its own events.
    if (!isObject(argument) || 'onNodeHTTPRequest' in argument) return argument
    return observedOptions(runtime, argument, events)
  })
}

/** The same options with observed handlers. An application may be its own options, with its fields and accessors. */
function observedOptions(runtime: Runtime, options: object, events: FetchServerEvents): object {
  const failed = new WeakMap<object, OpenRequest>()
  const known = new Map<unknown, unknown>()
  const observedOnce = (value: unknown, make: () => unknown): unknown => {
    if (!known.has(value)) known.set(value, make())
    return known.get(value)
  }
  const handlesErrors = typeof Reflect.get(options, runtime.onError) === 'function'
  return new Proxy(options, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (key === 'routes' && isObject(value)) {
        return observedOnce(value, () => observedRoutes(value, events, handlesErrors ? failed : undefined))
      }
      if (typeof value !== 'function') return value
      if (key === runtime.handler) {
        const onError = handlesErrors ? failed : undefined
        return observedOnce(value, () => observedHandler(value as Handler, events, undefined, onError))
      }
      return key === runtime.onError ? observedOnce(value, () => endWithAnswer(value as ErrorHandler, failed)) : value
    },
  })
}

/** Bun's routes: a handler for each path, or for each method of a path. Bun sends a route that is a response by itself. */
function observedRoutes(routes: object, events: FetchServerEvents, failed: Failed | undefined): object {
  const observe = (value: unknown, route: string): unknown => {
    if (typeof value === 'function') return observedHandler(value as Handler, events, route, failed)
    const isByMethod = isObject(value) && Object.getPrototypeOf(value) === Object.prototype
    if (!isByMethod) return value
    return Object.fromEntries(Object.entries(value).map(([method, one]) => [method, observe(one, route)]))
  }
  return Object.fromEntries(Object.entries(routes).map(([route, value]) => [route, observe(value, route)]))
}

/** The requests whose handler has thrown, by what it has thrown, until the handler of errors has its response. */
type Failed = WeakMap<object, OpenRequest>

function observedHandler(
  handler: Handler,
  events: FetchServerEvents,
  route: string | undefined,
  failed: Failed | undefined,
): Handler {
  return async function (request, ...rest) {
    const open = quietly(() => begin(request, route, events))
    if (open === undefined) return Reflect.apply(handler, this, [request, ...rest])
    try {
      const response: unknown = await Reflect.apply(handler, this, [request, ...rest])
      return await endWith(open, response)
    } catch (error) {
      failRequest(request, error)
      open.isFollowed = false
      if (failed !== undefined && isObject(error)) failed.set(error, open)
      else quietly(() => failFetchRequest(open))
      throw error
    }
  }
}

/** Ends a request whose handler has thrown with the response of the application's handler of errors. */
function endWithAnswer(onError: ErrorHandler, failed: Failed): ErrorHandler {
  return async function (error, ...rest) {
    const open = isObject(error) ? failed.get(error) : undefined
    const response: unknown = await Reflect.apply(onError, this, [error, ...rest])
    return open === undefined ? response : endWith(open, response)
  }
}

function begin(request: Request, route: string | undefined, events: FetchServerEvents): OpenRequest | undefined {
  // On Bun, the URL of a request without a host is a path.
  const { pathname } = new URL(request.url, 'http://host')
  if (isPage(pathname) || openRequestOf(request) !== undefined) return undefined
  const open = openFetchRequest(request)
  if (!events.observe(open)) return undefined
  open.isFollowed = true
  open.route = route
  rememberLatestRequest(request, pathname, open)
  // On Deno, reading the signal prints a warning.
  if ('Bun' in globalThis) {
    request.signal.addEventListener('abort', () =>
      quietly(() => endFetchRequest(open, { status: 0, responseBytes: 0, isComplete: false })),
    )
  }
  return open
}

/** Ends a request with its response. A handler without one has handed the connection over to a WebSocket. */
async function endWith(open: OpenRequest, response: unknown): Promise<unknown> {
  open.isFollowed = false
  if (response instanceof Response) return followResponse(response, open)
  quietly(() => endFetchRequest(open, { status: 101, responseBytes: 0, isComplete: true }))
  return response
}

function quietly<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    // A request that cannot be read is not recorded.
    return undefined
  }
}
