import { followNodeRequest } from '../node/observe-http-servers.js'
import { type AdapterOptions, type NodePages, recorderOf, servesPage } from '../requests/adapter-options.js'
import { withUserOf } from '../requests/request-user.js'
import { type FastifyLike, type FastifyRequestLike, nameFastifyRoute, noteFastifyErrors } from './observe-fastify.js'

/** Options of `quipuFastify`. */
export type QuipuFastifyOptions = AdapterOptions<FastifyRequestLike, NodePages>

/**
 * A Fastify plugin (4 and 5) that counts and times requests by the template of their route and serves the pages of a
 * Quipu. Register it in the outermost instance. It changes no response. Never throws.
 *
 * @param fastify the instance, passed by `fastify.register`
 * @param options `quipu` or `recorder`; `user`
 * @see https://fastify.dev/docs/latest/Reference/Plugins/
 * @example
 * await fastify.register(quipuFastify, { quipu: start() })
 */
export function quipuFastify(
  fastify: FastifyLike,
  { quipu, recorder, user }: QuipuFastifyOptions,
  done: () => void,
): void {
  const chosen = recorderOf({ quipu, recorder })
  fastify.addHook('onRequest', (request, reply, next) => {
    chosen.guard('http', () => {
      followNodeRequest(request.raw, reply.raw, chosen)
      nameFastifyRoute(request)
    })
    if (servesPage(quipu, request.raw, reply.raw)) reply.hijack()
    else withUserOf(chosen, user, request, next)
  })
  noteFastifyErrors(fastify)
  // The body is read outside the asynchronous context of the first hook.
  if (user !== undefined) {
    fastify.addHook('preValidation', (request, _reply, next) => withUserOf(chosen, user, request, next))
  }
  done()
}

// Like fastify-plugin: hooks of this plugin apply to its parent.
Reflect.set(quipuFastify, Symbol.for('skip-override'), true)
Reflect.set(quipuFastify, Symbol.for('fastify.display-name'), '@quipu/http')
