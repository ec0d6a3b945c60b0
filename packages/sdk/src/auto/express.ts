import { requestMetrics } from '@quipu/http/express'
import type { Library } from './libraries.js'

type Handle = (this: unknown, request: unknown, response: unknown, ...rest: unknown[]) => unknown

/** Counts the requests of every Express application (4 and 5): before its first handler, whichever that is. */
export const express: Library = {
  name: 'express',
  observe(exports) {
    const application: unknown = typeof exports === 'function' ? Reflect.get(exports, 'application') : undefined
    if (typeof application !== 'object' || application === null) return false
    const handle: unknown = Reflect.get(application, 'handle')
    if (!isHandle(handle)) return false
    const count = requestMetrics()
    // In place of `app.use`, which would make the application's router before it has set how that is to be.
    const wrapped: Handle = function (request, response, ...rest) {
      if (isMessage(request) && isMessage(response))
        Reflect.apply(count, undefined, [request, response, () => undefined])
      return Reflect.apply(handle, this, [request, response, ...rest])
    }
    return Reflect.set(application, 'handle', wrapped)
  },
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'function'
}

function isMessage(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
