import { defaultRecorder, type Recorder } from '@quipu/core'
import { observeFetch } from '../fetch/follow-response.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isPage } from '../pages.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { createElysiaRoutes, type ElysiaHandle, type ElysiaLike } from './elysia-routes.js'
import { noteElysiaErrors, noteErrorsOfHooks } from './note-elysia-errors.js'

export interface QuipuElysiaOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly fetch: (request: Request) => Promise<Response> } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<Request> | undefined
}

/**
 * Creates an Elysia plugin (1.2 and later) that counts and times requests by the template of their route until the last
 * byte of the body, on all runtimes, and serves the pages of a Quipu. It changes no response.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a plugin for `app.use`; never throws
 * @see https://elysiajs.com/essential/plugin
 * @example
 * new Elysia().use(quipuElysia({ quipu: start() })).get('/users/:id', ({ params }) => params.id)
 */
export function quipuElysia({ quipu, recorder, user }: QuipuElysiaOptions = {}): <T>(app: T) => T {
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  return (given) => {
    const app = given as ElysiaLike
    const routeOf = createElysiaRoutes(app)
    noteElysiaErrors(app)
    noteErrorsOfHooks(app)
    app.wrap((given) => {
      const handle: ElysiaHandle = (request, ...rest) =>
        withUserOf(chosen, user, request, () => given(request, ...rest))
      const observed = observeFetch(handle, { recorder: chosen, route: routeOf })
      return (request, ...rest) => {
        if (quipu !== undefined && isPage(chosen.guard('http', () => new URL(request.url).pathname))) {
          return quipu.fetch(request)
        }
        const node = request.runtime?.node
        if (node?.res === undefined) return observed(request, ...rest)
        const { req, res } = node
        chosen.guard('http', () => {
          const open = followNodeRequest(req, res, chosen)
          if (open !== undefined) open.route = routeOf(request)
        })
        return handle(request, ...rest)
      }
    })
    return given
  }
}
