import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
import { noteFailure } from '../requests/request-registry.js'

type HonoHandler = (this: unknown, context: { readonly env: unknown }, ...rest: unknown[]) => unknown

type Add = (this: unknown, method: string, path: string, added: readonly unknown[]) => unknown

/**
 * Notes what the handlers of Hono's routers throw on Node: Hono turns it into a response before anything else sees it. The
 * routes that an application lists keep their own handlers.
 */
export function noteHonoErrors(router: object): void {
  wrapMethod<Add>(router, 'add', (add) => {
    return function (method, path, added) {
      const handler: unknown = Array.isArray(added) ? added[0] : undefined
      const noted = isHandler(handler) ? [noting(handler), ...added.slice(1)] : added
      return Reflect.apply(add, this, [method, path, noted])
    }
  })
}

function noting(handler: HonoHandler): HonoHandler {
  return function (context, ...rest) {
    const run = (): unknown => Reflect.apply(handler, this, [context, ...rest])
    const request: unknown = isObject(context.env) ? context.env.incoming : undefined
    return isObject(request) ? noteFailure(request, run) : run()
  }
}

function isHandler(value: unknown): value is HonoHandler {
  return typeof value === 'function'
}
