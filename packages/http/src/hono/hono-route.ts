/** A route of Hono as its router returns it. */
interface HonoRoute {
  readonly method: string
  readonly path: string
}

/** What Hono's routers return: handlers with their routes, in the order they run. */
export type HonoMatch = readonly [readonly (readonly [readonly [handler: unknown, route: HonoRoute], ...unknown[]])[]]

/**
 * The route that a match names: the last one that is not a middleware's pattern, which matches whatever is below it.
 * @returns undefined where only middleware matched
 */
export function routeOfMatch(match: HonoMatch): string | undefined {
  const routes = match[0]
  for (let i = routes.length - 1; i >= 0; i--) {
    const route = routes[i]?.[0][1]
    if (route !== undefined && (route.method !== 'ALL' || !route.path.endsWith('*'))) return route.path
  }
  return undefined
}
