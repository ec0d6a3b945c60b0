/** A route as Hono's router returns it. */
interface HonoRoute {
  readonly method: string
  readonly path: string
}

/** Result of Hono's routers: handlers with their routes, in the order of execution. */
export type HonoMatch = readonly [readonly (readonly [readonly [handler: unknown, route: HonoRoute], ...unknown[]])[]]

/**
 * Returns the route of a match: the last one that is not the pattern of middleware, which matches everything below it.
 * @returns undefined if only middleware matched
 */
export function honoRoute(match: HonoMatch): string | undefined {
  const routes = match[0]
  for (let i = routes.length - 1; i >= 0; i--) {
    const route = routes[i]?.[0][1]
    if (route !== undefined && (route.method !== 'ALL' || !route.path.endsWith('*'))) return route.path
  }
  return undefined
}
