import { subscribe } from 'node:diagnostics_channel'
import { openRequestOf } from '../requests/request-registry.js'

/** As much of a Fastify request (4 and 5) as is read. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly is404?: boolean
  readonly routeOptions?: { readonly url?: string | undefined }
}

/** As much of a Fastify instance as is used. */
export interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequestLike, reply: FastifyReplyLike, done: () => void) => void,
  ): unknown
}

export interface FastifyReplyLike {
  readonly raw: object
  hijack(): unknown
}

let isObserving = false

/**
 * Names the routes of every Fastify application (4.2 and later) that is made from now on, by the channel on which Fastify
 * publishes its instances. Never throws.
 */
export function observeFastifyRoutes(): void {
  if (isObserving) return
  isObserving = true
  subscribe('fastify.initialization', (message) => {
    try {
      const { fastify } = message as { readonly fastify: FastifyLike }
      fastify.addHook('onRequest', (request, _reply, done) => {
        nameFastifyRoute(request)
        done()
      })
    } catch {
      // An instance of another shape names no routes.
    }
  })
}

/** Names the route of a request; its router has matched it before the first hook. */
export function nameFastifyRoute(request: FastifyRequestLike): void {
  try {
    const open = openRequestOf(request.raw)
    if (open !== undefined && request.is404 !== true) open.route = request.routeOptions?.url
  } catch {
    // A request of another shape has no route.
  }
}
