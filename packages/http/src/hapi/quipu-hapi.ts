import { followNodeRequest } from '../node/observe-http-servers.js'
import { runAsUser } from '../node/run-as-user.js'
import { type AdapterOptions, type NodePages, recorderOf, servesPage } from '../requests/adapter-options.js'
import { createPrivateSlot } from '../requests/private-slot.js'
import { type HapiRequest, type HapiServer, nameHapiRoutes } from './name-hapi-routes.js'

/** Options of `quipuHapi`. */
export type QuipuHapiOptions = AdapterOptions<HapiRequest, NodePages>

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
    const chosen = recorderOf({ quipu, recorder })
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
      // The page is written to Node's response directly.
      return servesPage(quipu, raw.req, raw.res) ? toolkit.abandon : toolkit.continue
    })
    nameHapiRoutes(server)
  },
}
