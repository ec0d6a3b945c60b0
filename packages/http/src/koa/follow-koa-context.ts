import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import type { FrameworkRequest } from '../requests/open-request.js'
import { failRequest } from '../requests/request-registry.js'

/** The parts of a Koa context (2 and 3) that are read. */
export interface KoaContext {
  readonly req: { readonly socket?: { readonly errored?: unknown } }
  readonly res: object
  readonly app?: { readonly context?: object }
  /** The pattern that @koa/router matched, with its prefix. */
  readonly _matchedRoute?: unknown
  /** The prefix below which koa-mount runs an application; it stays when that application passes the request on. */
  readonly mountPath?: unknown
  readonly originalUrl?: unknown
}

/** Reads the route that @koa/router has set on a context, and notes the errors that reach Koa. */
export function followKoaContext(context: KoaContext): FrameworkRequest {
  noteErrors(context.app?.context)
  return { route: () => routeOf(context) }
}

function routeOf({ _matchedRoute: pattern, mountPath, originalUrl }: KoaContext): string | undefined {
  if (pattern instanceof RegExp) return String(pattern)
  if (typeof pattern !== 'string') return undefined
  if (typeof mountPath !== 'string' || typeof originalUrl !== 'string') return pattern
  return originalUrl.startsWith(mountPath) && !pattern.startsWith(mountPath) ? `${mountPath}${pattern}` : pattern
}

/** The prototypes of the contexts whose errors are noted, one for each application. */
const noted = new WeakSet<object>()
/** Fast path: most processes have one application. */
let lastNoted: object | undefined

/** Koa also passes on what follows from a client that left: the connection's error, and that of a stream to the response. */
function isDisconnection(error: unknown, { socket }: KoaContext['req']): boolean {
  return error === socket?.errored || (isObject(error) && Reflect.get(error, 'code') === 'ERR_STREAM_PREMATURE_CLOSE')
}

/** An application that listens to `error` itself would replace Koa's own listener, so its contexts are watched. */
function noteErrors(contexts: object | undefined): void {
  if (contexts === undefined || contexts === lastNoted) return
  lastNoted = contexts
  if (noted.has(contexts)) return
  noted.add(contexts)
  beforeCalls(contexts, 'onerror', (context, [error]) => {
    const { req } = context as KoaContext
    if (error != null && !isDisconnection(error, req)) failRequest(req, error)
  })
}
