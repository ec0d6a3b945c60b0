import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { failRequest } from '../requests/request-registry.js'
import { type NextErrorContext, type NextErrorRequest, onRequestError } from './on-request-error.js'

/** The method that calls `onRequestError` of the application's `instrumentation.js`. */
const REPORT = 'instrumentationOnRequestError'

const seen = new WeakSet<object>()

/**
 * Notes the errors of the pages, route handlers and actions of a loaded Next (15 and 16), which its modules of routes, and
 * in early versions its server, report to `instrumentation.js`.
 * @param exports what `require('next/dist/compiled/next-server/app-page.runtime.prod.js')` returns, or another module of Next
 * @returns true: the routes are known without it
 */
export function observeNext(exports: unknown): boolean {
  if (!isObject(exports)) return true
  for (const value of Object.values(exports)) {
    if (typeof value === 'function') noteReports(value.prototype)
  }
  return true
}

function noteReports(prototype: unknown): void {
  if (!isObject(prototype) || seen.has(prototype)) return
  seen.add(prototype)
  if (Object.hasOwn(prototype, REPORT)) {
    // A module of routes has a second method, and passes the request first.
    const isOfRoutes = 'onRequestError' in prototype
    beforeCalls(prototype, REPORT, (_self, [first, second, third, fourth]) =>
      isOfRoutes ? note(first, second, fourth) : note(second, first, third),
    )
  }
  noteReports(Object.getPrototypeOf(prototype))
}

/** Next passes Node's request, or an object that holds it. */
function note(request: unknown, error: unknown, context: unknown): void {
  if (!isObject(request)) return
  const node = request.originalRequest ?? request
  if (!isObject(node)) return
  failRequest(node, error)
  onRequestError(error, node as unknown as NextErrorRequest, context as NextErrorContext)
}
