import type { IncomingMessage } from 'node:http'
import { observeHttpServers } from '../node/observe-http-servers.js'
import { type AdapterOptions, recorderOf } from '../requests/adapter-options.js'
import { observeNextRoutes } from './observe-next-routes.js'

/** Options of `quipuNext`. */
export type QuipuNextOptions = AdapterOptions<IncomingMessage>

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
  const chosen = recorderOf({ quipu, recorder })
  observeNextRoutes()
  return observeHttpServers({ recorder: chosen, user })
}
