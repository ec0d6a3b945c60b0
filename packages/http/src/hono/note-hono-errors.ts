import { wrapMethod } from '../reports/wrap-method.js'
import { noteFailure } from '../requests/request-registry.js'
import { nodePairOf } from './node-pair.js'

type HonoHandler = (this: unknown, context: HonoContext, ...rest: unknown[]) => unknown

interface HonoContext {
  readonly env: unknown
  readonly req: { readonly raw: object }
}

/** It adds a handler together with its route. */
type Add = (this: unknown, method: string, path: string, added: readonly [HonoHandler, ...unknown[]]) => unknown

/**
 * Notes what the handlers of Hono's routers throw: Hono turns it into a response before anything else sees it. The
 * routes that an application lists keep their own handlers.
 */
export function noteHonoErrors(router: object): void {
  wrapMethod<Add>(router, 'add', (add) => {
    return function (method, path, added) {
      const isKnown = Array.isArray(added) && typeof added[0] === 'function'
      return Reflect.apply(add, this, [method, path, isKnown ? [noting(added[0]), ...added.slice(1)] : added])
    }
  })
}

function noting(handler: HonoHandler): HonoHandler {
  return function (context, ...rest) {
    const run = (): unknown => Reflect.apply(handler, this, [context, ...rest])
    return noteFailure(nodePairOf(context.env)?.incoming ?? context.req.raw, run)
  }
}
