import { beforeCalls } from '../reports/before-calls.js'
import type { FrameworkRequest } from '../requests/open-request.js'
import { failRequest } from '../requests/request-registry.js'

/** The parts of a Koa context (2 and 3) that are read. */
export interface KoaContext {
  readonly req: object
  readonly res: object
  readonly app?: { readonly context?: object }
  /** The pattern that @koa/router matched, with its prefix. */
  readonly _matchedRoute?: unknown
}

/** Applications whose errors are noted. */
const noted = new WeakSet<object>()

/** Reads the route that @koa/router has set on a context, and notes the errors that reach Koa. */
export function followKoaContext(context: KoaContext): FrameworkRequest {
  // The prototype of an application's contexts. An application that listens to `error` itself replaces Koa's own listener.
  const contexts = context.app?.context
  if (contexts !== undefined && !noted.has(contexts)) {
    noted.add(contexts)
    beforeCalls(contexts, 'onerror', (failed, [error]) => {
      if (error != null) failRequest((failed as KoaContext).req, error)
    })
  }
  return {
    route() {
      const pattern = context._matchedRoute
      return typeof pattern === 'string' || pattern instanceof RegExp ? String(pattern) : undefined
    },
  }
}
