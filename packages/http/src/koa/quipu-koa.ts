import { followNodeRequest } from '../node/observe-http-servers.js'
import { type AdapterOptions, type NodePages, recorderOf, servesPage } from '../requests/adapter-options.js'
import { noteFailure } from '../requests/request-registry.js'
import { withUserOf } from '../requests/request-user.js'
import { followKoaContext, type KoaContext } from './follow-koa-context.js'

/** Options of `quipuKoa`. */
export type QuipuKoaOptions = AdapterOptions<KoaContext, NodePages>

/**
 * Creates Koa middleware (2 and 3) that counts and times requests by the pattern that @koa/router matched, and serves
 * the pages of a Quipu. Use it first. It changes no response.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns middleware for `app.use`; never throws
 * @example
 * app.use(quipuKoa({ quipu: start() }))
 */
export function quipuKoa({
  quipu,
  recorder,
  user,
}: QuipuKoaOptions = {}): <T>(
  context: KoaContext & { respond?: boolean },
  next: () => Promise<T>,
) => Promise<T | undefined> {
  const chosen = recorderOf({ quipu, recorder })
  return async (context, next) => {
    chosen.guard('http', () => {
      const open = followNodeRequest(context.req, context.res, chosen)
      if (open !== undefined) open.framework ??= followKoaContext(context)
    })
    // Within the context of the user, for the line of an error.
    const proceed = () => withUserOf(chosen, user, context, () => noteFailure(context.req, next))
    if (!servesPage(quipu, context.req, context.res)) return proceed()
    // The page is written to Node's response directly.
    context.respond = false
    return undefined
  }
}
