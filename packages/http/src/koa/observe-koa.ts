import { wrapMethod } from '../reports/wrap-method.js'
import { openRequestOf } from '../requests/request-registry.js'
import { followKoaContext, type KoaContext } from './follow-koa-context.js'

type CreateContext = (this: unknown, request: object, response: object) => KoaContext

/**
 * Names the routes of all applications of a loaded Koa (2 or 3) that use @koa/router.
 * @param exports what `require('koa')` returns
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeKoa(require('koa'))
 */
export function observeKoa(exports: unknown): boolean {
  const prototype: unknown = typeof exports === 'function' ? exports.prototype : undefined
  return wrapMethod<CreateContext>(prototype, 'createContext', (createContext) => {
    return function (request, response) {
      const context = Reflect.apply(createContext, this, [request, response])
      const open = openRequestOf(request)
      if (open !== undefined) open.framework ??= followKoaContext(context)
      return context
    }
  })
}
