import type { EventEmitter } from 'node:events'
import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
import { failRequest, openRequestOf } from '../requests/request-registry.js'
import { noteLayerErrors } from './note-layer-errors.js'
import { isTraced, observeExpressRoutes } from './observe-express-routes.js'
import { watchRoute } from './watch-route.js'

type Handle = (this: unknown, request: unknown, response: unknown, ...rest: unknown[]) => unknown

/**
 * Names the routes of all applications of a loaded Express (4 or 5). A router that publishes its layers needs no hook;
 * with any other, the request is watched before the application's first handler.
 * @param exports what `require('express')` returns
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeExpress(require('express'))
 */
export function observeExpress(exports: unknown): boolean {
  observeExpressRoutes()
  if (typeof exports !== 'function') return false
  noteErrors(Reflect.get(exports, 'Route'))
  return watchHandle(Reflect.get(exports, 'application'))
}

/**
 * Names the routes of the Express application that a server of Node calls, where the application was created before its module
 * was seen, as on Bun. Never throws.
 */
export function observeExpressServer(server: EventEmitter): void {
  for (const application of server.listeners('request')) {
    if (!('handle' in application) || !('mountpath' in application)) continue
    if (!watching.has(Object(application.handle))) watchHandle(application)
  }
}

/** The methods that watch requests. */
const watching = new WeakSet<object>()

/** In place of `app.use`, which would create the application's router before its settings are known. */
function watchHandle(application: unknown): boolean {
  return wrapMethod<Handle>(application, 'handle', (handle) => {
    let publishesLayers = false
    const watched: Handle = function (request, response, ...rest) {
      if (publishesLayers || !isObject(request)) return Reflect.apply(handle, this, [request, response, ...rest])
      watchUnlessTraced(request)
      noteLayerErrors(this)
      try {
        return Reflect.apply(handle, this, [request, response, ...rest])
      } finally {
        publishesLayers ||= isTraced(request)
      }
    }
    watching.add(watched)
    return watched
  })
}

/** A router that does not publish its errors gives those of a route's handlers to the route's caller. */
function noteErrors(Route: unknown): void {
  const prototype: unknown = typeof Route === 'function' ? Route.prototype : undefined
  wrapMethod<Handle>(prototype, 'dispatch', (dispatch) => {
    return function (request, response, done, ...rest) {
      const next = (error?: unknown): unknown => {
        if (error && error !== 'route' && error !== 'router' && isObject(request)) failRequest(request, error)
        return typeof done === 'function' ? Reflect.apply(done, undefined, [error]) : undefined
      }
      return Reflect.apply(dispatch, this, [request, response, next, ...rest])
    }
  })
}

function watchUnlessTraced(request: object): void {
  try {
    const open = openRequestOf(request)
    if (open !== undefined) open.framework ??= watchRoute(request)
  } catch {
    // A request that cannot be watched has no route.
  }
}
