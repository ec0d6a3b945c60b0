import { isObject } from '@quipu/catalog/builtin'
import { matchedRoutes } from 'hono/route'
import { beginFetchRequest, followResponse } from '../fetch/follow-response.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { type AdapterOptions, type FetchPages, recorderOf } from '../requests/adapter-options.js'
import type { OpenRequest } from '../requests/open-request.js'
import { failRequest } from '../requests/request-registry.js'
import { withUserOf } from '../requests/request-user.js'
import { nameHonoRoute } from './hono-route.js'

/** Options of `quipuHono`. */
export type QuipuHonoOptions = AdapterOptions<HonoContext, FetchPages>

/** The parts of a Hono context that are used. */
interface HonoContext {
  readonly env: unknown
  readonly req: { readonly raw: Request; readonly path: string; readonly method: string }
  res: Response
  /** What a handler threw; Hono responds to it. */
  readonly error?: Error | undefined
}

/**
 * Creates Hono middleware (4) that counts and times requests by the template of their route until the last byte of the
 * body, on Node, Bun, Deno and edge runtimes, and serves the pages of a Quipu. Use it first.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns middleware for `app.use`; never throws
 * @see https://hono.dev/docs/guides/middleware
 * @example
 * app.use(quipuHono({ quipu: start() }))
 */
export function quipuHono({
  quipu,
  recorder,
  user,
}: QuipuHonoOptions = {}): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  const chosen = recorderOf({ quipu, recorder })
  const nameRoute = (context: HonoContext, open: OpenRequest): void =>
    nameHonoRoute(open, [matchedRoutes(context as never).map((route) => [[undefined, route]] as const)])
  return async (context, proceed) => {
    if (quipu !== undefined && /^\/(?:custom_)?metrics$/.test(context.req.path)) return quipu.fetch(context.req.raw)
    const node = nodePair(context.env)
    const next = () =>
      withUserOf(chosen, user, context, async () => {
        await proceed()
        if (context.error !== undefined) failRequest(node?.incoming ?? context.req.raw, context.error)
      })
    const open = chosen.guard('http', () => {
      if (node === undefined) return beginFetchRequest(context.req.raw, chosen)
      return followNodeRequest(node.incoming, node.outgoing, chosen)
    })
    if (open !== undefined) chosen.guard('http', () => nameRoute(context, open))
    await next()
    if (node !== undefined || open === undefined) return undefined
    const followed = chosen.guard('http', () => followResponse(context.res, open))
    if (followed !== undefined && followed !== context.res) context.res = followed
    return undefined
  }
}

/** Node's request and response, as @hono/node-server provides them. */
function nodePair(env: unknown): { readonly incoming: object; readonly outgoing: object } | undefined {
  if (!isObject(env)) return undefined
  const { incoming, outgoing } = env
  return isObject(incoming) && isObject(outgoing) ? { incoming, outgoing } : undefined
}
