import { isObject } from '@quipu/catalog/builtin'
import { wrapMethod } from '../reports/wrap-method.js'
import { noteFailure } from '../requests/request-registry.js'
import type { SrvxRequest } from '../srvx/observe-srvx.js'
import { nameRouteOfEvent, observeH3Events } from './observe-h3-events.js'

/** The parts of an h3 event (2) that are read. */
export interface H3Event {
  readonly req: SrvxRequest
  readonly context: { readonly matchedRoute?: { readonly route?: string | undefined } | undefined }
}

type Handle = (this: unknown, event: H3Event) => unknown

/**
 * Names the routes of all applications of a loaded h3 (1 or 2), and with 2 notes their errors.
 *
 * @param exports what `import('h3')` resolves to, or the classes `H3Event` of h3 1 or `H3Core` of h3 2
 * @returns whether the shape was recognised; never throws
 * @example
 * observeH3(await import('h3'))
 */
export function observeH3(exports: unknown): boolean {
  if (!isObject(exports)) return false
  const H3 = exports.H3 ?? exports.H3Core
  return typeof H3 === 'function' ? observeHandler(H3.prototype) : observeH3Events(exports.H3Event)
}

/** Every request of an application passes through its handler, which stores the matched route in the event. */
function observeHandler(prototype: unknown): boolean {
  return wrapMethod<Handle>(prototype, 'handler', (handler) => {
    return function (event) {
      nameRouteOfEvent(event)
      const request = event.req?.runtime?.node?.req ?? event.req
      const run = (): unknown => Reflect.apply(handler, this, [event])
      return request === undefined ? run() : noteFailure(request, run)
    }
  })
}
