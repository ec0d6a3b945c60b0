import type { IncomingMessage } from 'node:http'
import { writeToStderr } from '@quipu/core'
import { type NodeEvent, nameRouteOfEvent } from '../h3/observe-h3-events.js'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { type AdapterOptions, recorderOf } from '../requests/adapter-options.js'
import { noteAdapter } from '../requests/request-registry.js'
import { type NitroApplication, noteNitroErrors } from './observe-nitro.js'

/** Options of `quipuNitro`. */
export type QuipuNitroOptions = AdapterOptions<IncomingMessage>

/**
 * Creates a Nitro plugin (2 and 3, also in Nuxt) that counts and times the requests of a Node server by the template of
 * their route. On Bun and Deno, requests have no route, which is said at the start.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a plugin for `server/plugins`; never throws
 * @see https://nitro.build/guide/plugins
 * @example
 * // server/plugins/quipu.ts
 * export default quipuNitro({ quipu: start({ prometheus: { port: 9464 } }) })
 */
export function quipuNitro({ quipu, recorder, user }: QuipuNitroOptions = {}): (nitro: NitroApplication) => void {
  const chosen = recorderOf({ quipu, recorder })
  return (nitro) => {
    noteAdapter('nitro')
    if ('Bun' in globalThis || 'Deno' in globalThis)
      writeToStderr('quipu: requests of Nitro have no routes on Bun and Deno')
    observeHttpServers({ recorder: chosen, user })
    nitro.hooks.hook('request', (event: NodeEvent) => nameRouteOfEvent(event))
    noteNitroErrors(nitro)
  }
}
