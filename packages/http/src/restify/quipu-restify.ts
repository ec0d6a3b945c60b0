import { followNodeRequest } from '../node/observe-http-servers.js'
import { type AdapterOptions, type NodePages, recorderOf, servesPage } from '../requests/adapter-options.js'
import { withUserOf } from '../requests/request-user.js'
import { observeRestifyRoutes } from './observe-restify.js'

/** Options of `quipuRestify`. */
export type QuipuRestifyOptions = AdapterOptions<RestifyRequest, NodePages>

/** A restify request. */
export interface RestifyRequest {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

interface NodeResponse {
  once(event: 'close', listener: () => void): unknown
}

/**
 * Creates a restify handler (8 and later) that counts and times requests by the template of their route, and serves the
 * pages of a Quipu. Pass it to `server.pre` first. It changes no response. Plugins that read a body leave the asynchronous
 * context of the user: with `user`, pass the same handler to `server.use` after them.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a handler for `server.pre`; never throws
 * @see http://restify.com/docs/server-api/#pre
 * @example
 * server.pre(quipuRestify({ quipu: start() }))
 */
export function quipuRestify({
  quipu,
  recorder,
  user,
}: QuipuRestifyOptions = {}): (
  request: RestifyRequest,
  response: NodeResponse,
  next: (goOn?: boolean) => void,
) => void {
  const chosen = recorderOf({ quipu, recorder })
  observeRestifyRoutes()
  return (request, response, next) => {
    chosen.guard('http', () => followNodeRequest(request, response, chosen))
    if (!servesPage(quipu, request, response)) return withUserOf(chosen, user, request, next)
    // A chain that ends before there is a response is an error for restify, and a page comes later.
    response.once('close', () => next(false))
  }
}
