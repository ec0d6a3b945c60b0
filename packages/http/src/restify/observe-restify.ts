import { isObject } from '@quipu/catalog/builtin'
import { failRequest, readRoutesOf } from '../requests/request-registry.js'

/**
 * Names the routes of all servers of a loaded restify (8 and later).
 * @param exports what `require('restify')` returns
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeRestify(require('restify'))
 */
export function observeRestify(exports: unknown): boolean {
  observeRestifyRoutes()
  return isObject(exports) && typeof Reflect.get(exports, 'createServer') === 'function'
}

/** Names the routes of restify, which stores the matched route on the request. */
export function observeRestifyRoutes(): void {
  readRoutesOf('restify', (request, response) => {
    const error: unknown = Reflect.get(response, 'err')
    // Restify stores this error when the client disconnects.
    if (error instanceof Error && error.name !== 'RequestCloseError') failRequest(request, error)
    const getRoute: unknown = Reflect.get(request, 'getRoute')
    const route: unknown = typeof getRoute === 'function' ? Reflect.apply(getRoute, request, []) : undefined
    const path: unknown = isObject(route) ? Reflect.get(route, 'path') : undefined
    return typeof path === 'string' || path instanceof RegExp ? String(path) : undefined
  })
}
