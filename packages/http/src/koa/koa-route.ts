import type { RouteTracking } from '../requests/open-request.js'

/** As much of a Koa context (2 and 3) as is read. */
export interface KoaContext {
  readonly req: object
  readonly res: object
  /** The pattern that @koa/router matched, its prefix included. */
  readonly _matchedRoute?: unknown
}

/** The route that @koa/router left on a context. */
export function koaRoute(context: KoaContext): RouteTracking {
  return {
    route() {
      const pattern = context._matchedRoute
      return typeof pattern === 'string' || pattern instanceof RegExp ? String(pattern) : undefined
    },
    hasFailed: () => false,
  }
}
