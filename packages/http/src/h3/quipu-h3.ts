import { type AdapterOptions, type FetchPages, recorderOf } from '../requests/adapter-options.js'
import { noteFailure, openRequestOf } from '../requests/request-registry.js'
import { withUserOf } from '../requests/request-user.js'
import { observeSrvx } from '../srvx/observe-srvx.js'
import type { H3Event } from './observe-h3.js'

/** Options of `quipuH3`. */
export type QuipuH3Options = AdapterOptions<H3Event, FetchPages>

/** The parts of an h3 application that are used. */
interface H3Application {
  fetch(request: Request): Response | Promise<Response>
  use(middleware: (event: never, next: () => unknown) => unknown): unknown
}

/**
 * Creates an h3 plugin (2) that counts and times requests by the template of their route until the last byte of the
 * body, on all runtimes, and serves the pages of a Quipu. Register it first. It changes no response.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a plugin for `app.register`; never throws
 * @see https://h3.dev/guide/advanced/plugins
 * @example
 * const app = new H3().register(quipuH3({ quipu: start() }))
 */
export function quipuH3({ quipu, recorder, user }: QuipuH3Options = {}): (app: H3Application) => void {
  const chosen = recorderOf({ quipu, recorder })
  return (app) => {
    app.use((event: H3Event, next) => {
      const { req, context } = event
      chosen.guard('http', () => {
        const route = context.matchedRoute?.route
        if (route === undefined) return
        const open = openRequestOf(req.runtime?.node?.req ?? req)
        if (open !== undefined) open.route = route
      })
      return withUserOf(chosen, user, event, () => noteFailure(req.runtime?.node?.req ?? req, next))
    })
    app.fetch = observeSrvx(app.fetch, { recorder: chosen }, quipu)
  }
}
