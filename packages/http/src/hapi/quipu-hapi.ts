import { defaultRecorder, type Recorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { runAsUser } from '../node/run-as-user.js'
import { createPrivateSlot } from '../requests/private-slot.js'
import type { UserOf } from '../requests/request-user.js'
import { type HapiRequest, type HapiServer, nameHapiRoutes } from './name-hapi-routes.js'

export interface QuipuHapiOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly handler: NodeHandler } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<HapiRequest> | undefined
}

type NodeHandler = (request: never, response: never, next: () => void) => void

/**
 * A hapi plugin (21) that counts and times requests by the template of their route, and serves the pages of a Quipu.
 * Register it first. It changes no response. Never throws.
 *
 * @see https://hapi.dev/tutorials/plugins
 * @example
 * await server.register({ plugin: quipuHapi, options: { quipu: start() } })
 */
export const quipuHapi = {
  name: '@quipu/http',
  register(server: HapiServer, { quipu, recorder, user }: QuipuHapiOptions): void {
    const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
    const requests = createPrivateSlot<HapiRequest>()
    if (user !== undefined) {
      // No extension of hapi is within the asynchronous context of the handler.
      runAsUser(server.listener, chosen, (node) => {
        const request = requests.get(node)
        return request && user(request)
      })
    }
    server.ext('onRequest', (request, toolkit) => {
      const { raw } = request
      if (user !== undefined) requests.set(raw.req, request)
      chosen.guard('http', () => followNodeRequest(raw.req, raw.res, chosen))
      let isPassedOn = quipu === undefined
      quipu?.handler(raw.req as never, raw.res as never, () => {
        isPassedOn = true
      })
      // The page is written to Node's response directly.
      return isPassedOn ? toolkit.continue : toolkit.abandon
    })
    nameHapiRoutes(server)
  },
}
