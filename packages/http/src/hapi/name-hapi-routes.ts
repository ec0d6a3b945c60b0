import type { EventEmitter } from 'node:events'
import { failRequest, openRequestOf } from '../requests/request-registry.js'

/** The parts of a hapi request (21) that are read. */
export interface HapiRequest {
  readonly raw: { readonly req: object; readonly res: object }
  readonly route: { readonly method: string; readonly path: string }
  /** For an error, a Boom object: the error itself. */
  readonly response?: unknown
}

/** A step of a request; it returns a property of the toolkit that hapi passes to it. */
type HapiStep = (request: HapiRequest, toolkit: { readonly continue: symbol; readonly abandon: symbol }) => symbol

/** The parts of a hapi server that are used. */
export interface HapiServer {
  readonly listener: EventEmitter
  ext(event: 'onRequest' | 'onPreResponse', step: HapiStep): unknown
}

/** Names the routes of a server and its plugins when a request ends, also one that was never answered, and notes its errors. */
export function nameHapiRoutes(server: HapiServer): void {
  server.ext('onRequest', (request, toolkit) => {
    try {
      const open = openRequestOf(request.raw.req)
      if (open !== undefined) open.framework ??= { route: () => routeOf(request) }
    } catch {
      // A request of another shape has no route.
    }
    return toolkit.continue
  })
  server.ext('onPreResponse', ({ raw, response }, toolkit) => {
    if (response instanceof Error) failRequest(raw.req, response)
    return toolkit.continue
  })
}

/** Hapi answers unknown paths by a route of its own, which has a method that no other has. */
function routeOf({ route }: HapiRequest): string | undefined {
  return route.method === '_special' ? undefined : route.path
}
