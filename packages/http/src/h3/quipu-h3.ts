import { defaultRecorder, type Recorder } from '@quipu/core'
import { observeFetch } from '../fetch/follow-response.js'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isPage } from '../pages.js'
import { noteFailure, openRequestOf } from '../requests/request-registry.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import type { H3Event, H3Request } from './observe-h3.js'

export interface QuipuH3Options {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly fetch: (request: Request) => Promise<Response> } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<H3Event> | undefined
}

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
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
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
    const { fetch } = app
    const observed = observeFetch(fetch, { recorder: chosen })
    app.fetch = (request: H3Request) => {
      if (quipu !== undefined && isPage(chosen.guard('http', () => new URL(request.url).pathname))) {
        return quipu.fetch(request)
      }
      const node = request.runtime?.node
      if (node?.res === undefined) return observed(request)
      const { req, res } = node
      chosen.guard('http', () => followNodeRequest(req, res, chosen))
      return fetch(request)
    }
  }
}
