import { noteFailure, openRequestOf } from '../requests/request-registry.js'
import { observeH3Events } from './observe-h3-events.js'

/** The parts of an h3 event (2) that are read. */
export interface H3Event {
  readonly req: H3Request
  readonly context: { readonly matchedRoute?: { readonly route?: string | undefined } | undefined }
}

/** A request of srvx, with Node's own request on Node. */
export type H3Request = Request & {
  readonly runtime?:
    | { readonly node?: { readonly req: object; readonly res?: object | undefined } | undefined }
    | undefined
}

type FindRoute = (this: unknown, event: H3Event) => { readonly data?: { readonly route?: string } } | undefined

/**
 * Names the routes of all applications of a loaded h3 (1 or 2).
 *
 * @param exports what `import('h3')` resolves to
 * @returns whether the module's shape was recognised; never throws
 * @example
 * observeH3(await import('h3'))
 */
export function observeH3(exports: unknown): boolean {
  if (typeof exports !== 'object' || exports === null) return false
  const H3: unknown = Reflect.get(exports, 'H3')
  if (typeof H3 !== 'function') return observeH3Events(Reflect.get(exports, 'H3Event'))
  const prototype: unknown = H3.prototype
  if (typeof prototype !== 'object' || prototype === null) return false
  const findRoute: unknown = Reflect.get(prototype, '~findRoute')
  if (!isFindRoute(findRoute)) return false
  const wrapped: FindRoute = function (event) {
    const match = Reflect.apply(findRoute, this, [event])
    nameRoute(event, match?.data?.route)
    return match
  }
  noteErrors(prototype)
  return Reflect.set(prototype, '~findRoute', wrapped)
}

type Handle = (this: unknown, event: H3Event) => unknown

function noteErrors(prototype: object): void {
  const handler: unknown = Reflect.get(prototype, 'handler')
  if (!isHandle(handler)) return
  const noting: Handle = function (event) {
    const request = event.req?.runtime?.node?.req
    const run = (): unknown => Reflect.apply(handler, this, [event])
    return request === undefined ? run() : noteFailure(request, run)
  }
  Reflect.set(prototype, 'handler', noting)
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'function'
}

function nameRoute(event: H3Event, route: string | undefined): void {
  try {
    const node = event.req.runtime?.node?.req
    const open = node === undefined ? undefined : openRequestOf(node)
    if (open !== undefined) open.route = route
  } catch {
    // An event of unknown shape names no route.
  }
}

function isFindRoute(value: unknown): value is FindRoute {
  return typeof value === 'function'
}
