import { subscribe } from 'node:diagnostics_channel'
import { openRequestOf } from '../requests/request-registry.js'

/** The parts of a Fastify request (4 and 5) that are read. */
export interface FastifyRequestLike {
  readonly raw: object
  readonly is404?: boolean
  readonly routeOptions?: { readonly url?: string | undefined }
}

/** The parts of a Fastify instance that are used. */
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
 * Names the routes of every Fastify application (4.2 and later) created from now on, through the diagnostics channel
 * that publishes instances. Never throws.
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
      // An instance of unknown shape names no routes.
    }
  })
}

/** Names the route of a request, which the router has matched before the first hook. */
export function nameFastifyRoute(request: FastifyRequestLike): void {
  try {
    const open = openRequestOf(request.raw)
    if (open !== undefined && request.is404 !== true) open.route = request.routeOptions?.url
  } catch {
    // A request of unknown shape has no route.
  }
}
