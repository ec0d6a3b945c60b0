import type { IncomingMessage } from 'node:http'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { type NodeEvent, nameRouteOfEvent } from '../h3/observe-h3-events.js'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { noteAdapter } from '../requests/request-registry.js'
import type { UserOf } from '../requests/request-user.js'

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

/** The parts of a Nitro application that are used. */
interface NitroApplication {
  readonly hooks: { hook(name: 'request', step: (event: never) => void): unknown }
}

/**
 * Creates a Nitro plugin (2 and 3, also in Nuxt) that counts and times the requests of a Node server by the template of
 * their route. A built Nitro contains its own copy of h3, whose routes `register` cannot see.
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
  return ({ hooks }) => {
    noteAdapter('nitro')
    observeHttpServers({ recorder: chosen, user })
    hooks.hook('request', (event: NodeEvent) => nameRouteOfEvent(event))
  }
}
