import { defaultRecorder, type Recorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { type UserOf, withUserOf } from '../requests/request-user.js'
import { type FastifyLike, type FastifyRequestLike, nameFastifyRoute, noteFastifyErrors } from './observe-fastify.js'

/** Options of `quipuFastify`. */
export interface QuipuFastifyOptions {
  /** A running Quipu: its pages `/metrics` and `/custom_metrics` are served, and its recorder is used. */
  readonly quipu?: { readonly recorder: unknown; readonly handler: NodeHandler } | undefined
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<FastifyRequestLike> | undefined
}

type NodeHandler = (request: never, response: never, next: () => void) => void

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
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  fastify.addHook('onRequest', (request, reply, next) => {
    chosen.guard('http', () => {
      followNodeRequest(request.raw, reply.raw, chosen)
      nameFastifyRoute(request)
    })
    if (quipu === undefined) return withUserOf(chosen, user, request, next)
    let isPassedOn = false
    quipu.handler(request.raw as never, reply.raw as never, () => {
      isPassedOn = true
    })
    if (isPassedOn) withUserOf(chosen, user, request, next)
    else reply.hijack()
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
