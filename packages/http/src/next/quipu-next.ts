import type { IncomingMessage } from 'node:http'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { observeHttpServers } from '../node/observe-http-servers.js'
import type { UserOf } from '../requests/request-user.js'
import { observeNextRoutes } from './observe-next-routes.js'

export interface QuipuNextOptions {
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
 * Counts and times the requests of a Next application (15 and 16) on Node by the template of their route. Call it in
 * `register` of `instrumentation.ts`, outside the edge runtime.
 *
 * @param options `quipu` or `recorder`; `user`
 * @returns a function that ends it; neither throws
 * @see https://nextjs.org/docs/app/guides/instrumentation
 * @example
 * export async function register() {
 *   if (process.env.NEXT_RUNTIME === 'nodejs') {
 *     const [{ quipuNext }, { start }] = await Promise.all([import('@quipu/http/next'), import('@quipu/sdk')])
 *     quipuNext({ quipu: start({ prometheus: { port: 9464 } }) })
 *   }
 * }
 */
export function quipuNext({ quipu, recorder, user }: QuipuNextOptions = {}): () => void {
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  observeNextRoutes()
  return observeHttpServers({ recorder: chosen, user })
}
