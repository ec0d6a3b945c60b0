import type { SrvxRequest } from '../srvx/observe-srvx.js'

/** The parts of an Elysia application (1.2 and later) that are used. */
export interface ElysiaLike {
  readonly router: {
    readonly history: readonly { readonly method: string; readonly path: string }[]
    readonly http: object
  }
  /** Wraps the handler of all requests. */
  wrap(around: (handle: ElysiaHandle) => ElysiaHandle): unknown
  /** Responds to an error that no hook of a route has responded to. */
  handleError(context: unknown, error: unknown, ...rest: unknown[]): unknown
}

export type ElysiaHandle = (request: SrvxRequest, ...rest: unknown[]) => Response | Promise<Response>

/** The parts of Elysia's router that are used. */
interface Matcher {
  add(method: string, path: string, template: string): unknown
  find(method: string, path: string): { readonly store: string } | null
}

/**
 * Creates a function that returns the template of a request's route. It matches with a second router of the same class,
 * because a match of the application's own router does not name its route.
 */
export function createElysiaRoutes({ router }: ElysiaLike): (request: Request) => string | undefined {
  let matcher: Matcher | undefined
  let known = 0
  return ({ url, method }) => {
    if (matcher === undefined || known !== router.history.length) {
      known = router.history.length
      matcher = Reflect.construct(router.http.constructor as new () => Matcher, []) as Matcher
      for (const route of router.history) matcher.add(route.method, route.path, route.path)
    }
    const path = pathOf(url)
    // Elysia answers `/users/` by `/users`, and HEAD by GET.
    return find(matcher, method, path) ?? (path.endsWith('/') ? find(matcher, method, path.slice(0, -1)) : undefined)
  }
}

function find(matcher: Matcher, method: string, path: string): string | undefined {
  for (const each of method === 'HEAD' ? ['HEAD', 'GET', 'ALL'] : [method, 'ALL']) {
    const found = matcher.find(each, path)?.store
    if (found !== undefined) return found
  }
  return undefined
}

function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const query = url.indexOf('?', start)
  return url.slice(start, query < 0 ? undefined : query)
}
