import { isObject } from '@quipu/catalog/builtin'
import { failRequest, openRequestOf } from '../requests/request-registry.js'
import type { SrvxRequest } from '../srvx/observe-srvx.js'

/** The property in which a router stores its match: the path in h3 1, the route in h3 2. */
interface RouterContext {
  readonly matchedRoute?: { readonly path?: string; readonly route?: string | undefined } | undefined
}

/** The parts of an event that are read, of h3 1 and of h3 2. */
export interface NodeEvent {
  readonly node?: { readonly req: object } | undefined
  /** Nitro 3 passes this context to the application, and an event without it to its hooks. */
  readonly req?: (Pick<SrvxRequest, 'runtime'> & { readonly context?: RouterContext | undefined }) | undefined
  readonly context?: RouterContext | undefined
}

function requestOf({ node, req }: NodeEvent): object | undefined {
  return node?.req ?? req?.runtime?.node?.req ?? req
}

/** Notes the error of an event's request: of an error that h3 has wrapped, its cause. Never throws. */
export function failEvent(event: NodeEvent, error: unknown): void {
  const request = requestOf(event)
  if (request === undefined) return
  failRequest(request, isObject(error) && error.unhandled === true ? (error.cause ?? error) : error)
}

/** Names the route of an event's request when the request ends; the router may match it later. Never throws. */
export function nameRouteOfEvent(event: NodeEvent): void {
  try {
    const request = requestOf(event)
    const open = request === undefined ? undefined : openRequestOf(request)
    if (open === undefined) return
    open.framework ??= {
      route() {
        const matched = (event.context ?? event.req?.context)?.matchedRoute
        return matched?.path ?? matched?.route
      },
    }
  } catch {
    // An event of another shape names no route.
  }
}

/**
 * Names the routes of all applications of a loaded h3 (1), whose router reads the path of each event that it matches.
 * @param H3Event the class of its events
 * @returns whether the class's shape was recognised
 */
export function observeH3Events(H3Event: unknown): boolean {
  const prototype: unknown = typeof H3Event === 'function' ? H3Event.prototype : undefined
  if (!isObject(prototype)) return false
  const path = Object.getOwnPropertyDescriptor(prototype, 'path')
  if (path?.get === undefined) return false
  const { get } = path
  return Reflect.defineProperty(prototype, 'path', {
    ...path,
    get(this: NodeEvent) {
      nameRouteOfEvent(this)
      return Reflect.apply(get, this, [])
    },
  })
}
