import { type AdapterOptions, type FetchPages, recorderOf } from '../requests/adapter-options.js'
import { withUserOf } from '../requests/request-user.js'
import { observeSrvx } from '../srvx/observe-srvx.js'
import { createElysiaRoutes, type ElysiaHandle, type ElysiaLike } from './elysia-routes.js'
import { noteElysiaErrors, noteErrorsOfHooks } from './note-elysia-errors.js'

/** Options of `quipuElysia`. */
export type QuipuElysiaOptions = AdapterOptions<Request, FetchPages>

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
  const chosen = recorderOf({ quipu, recorder })
  return (given) => {
    const app = given as ElysiaLike
    const routeOf = createElysiaRoutes(app)
    noteElysiaErrors(app)
    noteErrorsOfHooks(app)
    app.wrap((given) => {
      const handle: ElysiaHandle = (request, ...rest) =>
        withUserOf(chosen, user, request, () => given(request, ...rest))
      return observeSrvx(handle, { recorder: chosen, route: routeOf }, quipu)
    })
    return given
  }
}
