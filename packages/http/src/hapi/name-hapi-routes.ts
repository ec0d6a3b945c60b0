import { openRequestOf } from '../requests/request-registry.js'

/** The parts of a hapi request (21) that are read. */
export interface HapiRequest {
  readonly raw: { readonly req: object; readonly res: object }
  readonly route: { readonly method: string; readonly path: string }
}

/** The response toolkit that hapi passes to an extension. */
interface HapiToolkit {
  readonly continue: symbol
  readonly abandon: symbol
}

/** The parts of a hapi server that are used. */
export interface HapiServer {
  ext(event: 'onRequest' | 'onPreResponse', step: (request: HapiRequest, toolkit: HapiToolkit) => symbol): unknown
}

/** Names the routes of a server and its plugins. */
export function nameHapiRoutes(server: HapiServer): void {
  server.ext('onPreResponse', (request, toolkit) => {
    try {
      const open = openRequestOf(request.raw.req)
      // Hapi answers unknown paths by a route of its own with this method.
      if (open !== undefined && request.route.method !== '_special') open.route = request.route.path
    } catch {
      // A request of another shape has no route.
    }
    return toolkit.continue
  })
}
