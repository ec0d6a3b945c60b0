import { matchedRoutes } from 'hono/route'
import { beginFetchRequest, followResponse } from '../fetch/follow-response.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isPage } from '../pages.js'
import { type AdapterOptions, type FetchPages, recorderOf } from '../requests/adapter-options.js'
import { failRequest } from '../requests/request-registry.js'
import { withUserOf } from '../requests/request-user.js'
import { nameHonoRoute } from './hono-route.js'
import { nodePairOf } from './node-pair.js'

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

type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>

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
export function quipuHono({ quipu, recorder, user }: QuipuHonoOptions = {}): HonoMiddleware {
  const chosen = recorderOf({ quipu, recorder })
  return async (context, proceed) => {
    if (quipu !== undefined && isPage(context.req.path)) return quipu.fetch(context.req.raw)
    const node = nodePairOf(context.env)
    const next = () =>
      withUserOf(chosen, user, context, async () => {
        await proceed()
        if (context.error !== undefined) failRequest(node?.incoming ?? context.req.raw, context.error)
      })
    const open = chosen.guard('http', () => {
      if (node === undefined) return beginFetchRequest(context.req.raw, chosen)
      return followNodeRequest(node.incoming, node.outgoing, chosen)
    })
    chosen.guard('http', () => {
      if (open === undefined) return
      nameHonoRoute(open, [matchedRoutes(context as never).map((route) => [[undefined, route]] as const)])
    })
    await next()
    if (node !== undefined || open === undefined) return undefined
    const followed = await followResponse(context.res, open)
    if (followed !== context.res) context.res = followed
    return undefined
  }
}
