import { defaultRecorder, type Recorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { observeRestifyRoutes } from './observe-restify.js'

export interface QuipuRestifyOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly handler: NodeHandler } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<RestifyRequest> | undefined
}

/** A restify request. */
export interface RestifyRequest {
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
}

interface NodeResponse {
  once(event: 'close', listener: () => void): unknown
}

type NodeHandler = (request: never, response: never, next: () => void) => void

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
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  observeRestifyRoutes()
  return (request, response, next) => {
    chosen.guard('http', () => followNodeRequest(request, response, chosen))
    if (quipu === undefined) return withUserOf(chosen, user, request, next)
    let isPassedOn = false
    quipu.handler(request as never, response as never, () => {
      isPassedOn = true
    })
    if (isPassedOn) return withUserOf(chosen, user, request, next)
    // A chain that ends before there is a response is an error for restify, and a page comes later.
    response.once('close', () => next(false))
  }
}
