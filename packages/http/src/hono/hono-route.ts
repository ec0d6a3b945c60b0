import type { OpenRequest } from '../requests/open-request.js'

/** A route as Hono's router returns it. */
interface HonoRoute {
  readonly method: string
  readonly path: string
}

/** Result of Hono's routers: handlers with their routes, in the order of execution. */
export type HonoMatch = readonly [readonly (readonly [readonly [handler: unknown, route: HonoRoute], ...unknown[]])[]]

/**
 * Names the route of a request: the last one that is not the pattern of middleware, which matches everything below it.
 * If only middleware matched, such as a folder of files or a mounted application, its pattern names the responses.
 */
export function nameHonoRoute(open: OpenRequest, match: HonoMatch): void {
  open.route = undefined
  open.mount = undefined
  const routes = match[0]
  for (let i = routes.length - 1; i >= 0 && open.route === undefined; i--) {
    const route = routes[i]?.[0][1]
    if (route === undefined) continue
    if (route.method !== 'ALL' || !route.path.endsWith('*')) open.route = route.path
    else if (route.path.length > 2) open.mount ??= route.path
  }
}
