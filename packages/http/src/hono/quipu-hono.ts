import { defaultRecorder, type Recorder } from '@quipu/core'
import { matchedRoutes } from 'hono/route'
import { beginFetchRequest, followResponse } from '../fetch/follow-response.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import type { OpenRequest } from '../requests/open-request.js'
import { failRequest } from '../requests/request-registry.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { nameHonoRoute } from './hono-route.js'

export interface QuipuHonoOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly fetch: (request: Request) => Promise<Response> } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<HonoContext> | undefined
}

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
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
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
    if (node !== undefined) {
      chosen.guard('http', () => {
        const open = followNodeRequest(node.incoming, node.outgoing, chosen)
        if (open !== undefined) nameRoute(context, open)
      })
      await next()
      return undefined
    }
    const open = chosen.guard('http', () => beginFetchRequest(context.req.raw, chosen))
    if (open === undefined) {
      await next()
      return undefined
    }
    chosen.guard('http', () => nameRoute(context, open))
    await next()
    const followed = chosen.guard('http', () => followResponse(context.res, open))
    if (followed !== undefined && followed !== context.res) context.res = followed
    return undefined
  }
}

/** Node's request and response, as @hono/node-server provides them. */
function nodePair(env: unknown): { readonly incoming: object; readonly outgoing: object } | undefined {
  if (typeof env !== 'object' || env === null) return undefined
  const incoming: unknown = Reflect.get(env, 'incoming')
  const outgoing: unknown = Reflect.get(env, 'outgoing')
  if (typeof incoming !== 'object' || incoming === null || typeof outgoing !== 'object' || outgoing === null) {
    return undefined
  }
  return { incoming, outgoing }
}
