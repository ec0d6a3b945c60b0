import type { FrameworkRequest } from '../requests/open-request.js'

/** The parts of a Koa context (2 and 3) that are read. */
export interface KoaContext {
  readonly req: object
  readonly res: object
  /** The pattern that @koa/router matched, with its prefix. */
  readonly _matchedRoute?: unknown
}

/** Reads the route that @koa/router has set on a context. */
export function koaRoute(context: KoaContext): FrameworkRequest {
  return {
    route() {
      const pattern = context._matchedRoute
      return typeof pattern === 'string' || pattern instanceof RegExp ? String(pattern) : undefined
    },
    hasFailed: () => false,
  }
}
