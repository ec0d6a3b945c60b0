import { defaultRecorder, type Recorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { observeRestifyRoutes } from './observe-restify.js'

export interface QuipuRestifyOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly handler: NodeHandler } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
}

interface NodeResponse {
  once(event: 'close', listener: () => void): unknown
}

type NodeHandler = (request: never, response: never, next: () => void) => void

/**
 * Creates a restify handler (8 and later) that counts and times requests by the template of their route, and serves the
 * pages of a Quipu. Pass it to `server.pre` first. It changes no response.
 *
 * @param options `quipu` or `recorder`
 * @returns a handler for `server.pre`; never throws
 * @see http://restify.com/docs/server-api/#pre
 * @example
 * server.pre(quipuRestify({ quipu: start() }))
 */
export function quipuRestify({
  quipu,
  recorder,
}: QuipuRestifyOptions = {}): (request: object, response: NodeResponse, next: (goOn?: boolean) => void) => void {
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  observeRestifyRoutes()
  return (request, response, next) => {
    chosen.guard('http', () => followNodeRequest(request, response, chosen))
    if (quipu === undefined) return next()
    let isPassedOn = false
    quipu.handler(request as never, response as never, () => {
      isPassedOn = true
    })
    if (isPassedOn) return next()
    // A chain that ends before there is a response is an error for restify, and a page comes later.
    response.once('close', () => next(false))
  }
}
