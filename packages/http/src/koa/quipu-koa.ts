import { defaultRecorder, type Recorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { noteFailure } from '../requests/request-registry.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { followKoaContext, type KoaContext } from './follow-koa-context.js'

export interface QuipuKoaOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly handler: NodeHandler } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<KoaContext> | undefined
}

type NodeHandler = (request: never, response: never, next: () => void) => void

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
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  return async (context, next) => {
    chosen.guard('http', () => {
      const open = followNodeRequest(context.req, context.res, chosen)
      if (open !== undefined) open.framework ??= followKoaContext(context)
    })
    // Within the context of the user, for the line of an error.
    const proceed = () => withUserOf(chosen, user, context, () => noteFailure(context.req, next))
    if (quipu === undefined) return proceed()
    let isPassedOn = false
    quipu.handler(context.req as never, context.res as never, () => {
      isPassedOn = true
    })
    if (isPassedOn) return proceed()
    // The page is written to Node's response directly.
    context.respond = false
    return undefined
  }
}
