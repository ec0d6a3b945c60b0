import type { IncomingMessage } from 'node:http'
import { defaultRecorder, type Recorder, writeToStderr } from '@quipu/core'
import { type NodeEvent, nameRouteOfEvent } from '../h3/observe-h3-events.js'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { noteAdapter } from '../requests/request-registry.js'
import type { UserOf } from '../requests/request-user.js'
import { type NitroApplication, noteNitroErrors } from './observe-nitro.js'

export interface QuipuNitroOptions {
  /** A running Quipu: its recorder is used. */
  readonly quipu?: { readonly recorder: unknown } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<IncomingMessage> | undefined
}

/**
 * Creates a Nitro plugin (2 and 3, also in Nuxt) that counts and times the requests of a Node server by the template of
 * their route. On Bun and Deno, requests are not counted, which is said at the start.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a plugin for `server/plugins`; never throws
 * @see https://nitro.build/guide/plugins
 * @example
 * // server/plugins/quipu.ts
 * export default quipuNitro({ quipu: start({ prometheus: { port: 9464 } }) })
 */
export function quipuNitro({ quipu, recorder, user }: QuipuNitroOptions = {}): (nitro: NitroApplication) => void {
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  return (nitro) => {
    noteAdapter('nitro')
    if ('Bun' in globalThis || 'Deno' in globalThis) writeToStderr('quipu: requests of Nitro are counted on Node only')
    observeHttpServers({ recorder: chosen, user })
    nitro.hooks.hook('request', (event: NodeEvent) => nameRouteOfEvent(event))
    noteNitroErrors(nitro)
  }
}
